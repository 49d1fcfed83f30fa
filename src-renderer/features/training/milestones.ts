/** What a screen reader is told of a run while it goes on: few things, each once. */
import type { RunStatus } from '../../../src-shared/domain/run.ts';
import { isActive } from './run-state.ts';

export interface Progress {
  readonly status: RunStatus | null;
  readonly step: number;
  readonly plannedSteps: number;
}

export type Milestone =
  | { readonly kind: 'started' }
  | { readonly kind: 'quarter'; readonly percent: 25 | 50 | 75 }
  | { readonly kind: 'ended'; readonly status: RunStatus };

/**
 * What was passed between two looks at the run, the latest quarter only. Nothing for a first look, which
 * is `before.status` null: someone who returns to a run is not told its past.
 */
export function milestonesBetween(before: Progress, now: Progress): readonly Milestone[] {
  if (before.status === null || now.status === null) return [];
  if (isActive(before.status) && !isActive(now.status)) return [{ kind: 'ended', status: now.status }];
  const milestones: Milestone[] = [];
  if (before.step === 0 && now.step > 0) milestones.push({ kind: 'started' });
  const quarter = quartersDone(now);
  if (isActive(now.status) && quarter > quartersDone(before) && quarter < 4) {
    milestones.push({ kind: 'quarter', percent: (quarter * 25) as 25 | 50 | 75 });
  }
  return milestones;
}

function quartersDone({ step, plannedSteps }: Progress): number {
  return plannedSteps > 0 ? Math.floor((step * 4) / plannedSteps) : 0;
}
