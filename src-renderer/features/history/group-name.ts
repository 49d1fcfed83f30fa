/** What a value is called by which runs are grouped or filtered. */
import { runStatusSchema } from '../../../src-shared/domain/run.ts';
import type { RunGroupKey } from '../../../src-shared/domain/run-list.ts';
import { strings } from '../../strings.ts';

export function groupName(key: RunGroupKey | null, value: string): string {
  const status = key === 'status' ? runStatusSchema.safeParse(value).data : undefined;
  return status === undefined ? value : strings.run.status[status];
}
