/** What the Disk page knows and does: the report, the choice, the clean-up and the way back. */
import { useEffect, useState } from 'react';
import type { CodedError } from '../../../src-shared/contract/coded-error.ts';
import type { CleanResult, DiskItem } from '../../../src-shared/domain/disk.ts';
import { useBackend, useQuery } from '../../backend-client/backend-context.tsx';
import { callWithProgress } from '../../backend-client/call-with-progress.ts';
import { formatBytes } from '../../format/numbers.ts';
import { diskStrings as strings } from '../../strings/disk.ts';
import { useAnnounce } from '../../ui/announcer.tsx';

interface Cleaning {
  readonly workId: string;
  readonly done: number;
  readonly total: number;
}

export function useDisk() {
  const client = useBackend();
  const announce = useAnnounce();
  const report = useQuery('disk.show', {});
  const [toggled, setToggled] = useState<ReadonlyMap<string, boolean>>(new Map());
  const [isBusy, setIsBusy] = useState(false);
  const [cleaning, setCleaning] = useState<Cleaning | null>(null);
  const [result, setResult] = useState<CleanResult | null>(null);
  const [error, setError] = useState<CodedError | null>(null);
  const { reload } = report;
  // A smaller limit of the cache has taken prepared datasets away.
  useEffect(
    () =>
      client.subscribe(
        'settings.changed',
        {},
        { event: ({ names }) => names.includes('cacheLimitBytes') && reload() },
      ),
    [client, reload],
  );
  const items = report.status === 'ready' ? report.value.items : [];
  const chosen = items.filter(item => item.cleanUp !== 'keep' && (toggled.get(item.id) ?? item.isProposed));

  async function act(work: () => Promise<CodedError | null>): Promise<void> {
    setIsBusy(true);
    setError(await work());
    setIsBusy(false);
    report.reload();
  }

  return {
    report,
    items,
    chosen,
    isBusy,
    cleaning,
    result,
    error,
    choose: (item: DiskItem, isChosen: boolean) => setToggled(new Map([...toggled, [item.id, isChosen]])),
    chooseProposed: () => setToggled(new Map(items.map(item => [item.id, item.isProposed]))),
    chooseNone: () => setToggled(new Map(items.map(item => [item.id, false]))),
    clean: () =>
      act(async () => {
        const ids = chosen.map(({ id }) => id);
        const workId = crypto.randomUUID();
        setCleaning({ workId, done: 0, total: ids.length });
        const outcome = await callWithProgress(client, 'disk.clean', { ids, workId }, NEVER, ({ done }) =>
          setCleaning({ workId, done, total: ids.length }),
        );
        setCleaning(null);
        if (!outcome.ok) return outcome.error;
        setResult(outcome.value);
        announce(strings.cleaned(formatBytes(outcome.value.freedBytes), trashIdsOf(outcome.value).length));
        return null;
      }),
    /** What was done so far is told as after a whole clean-up. */
    stop: () => cleaning && void client.call('disk.stop', { workId: cleaning.workId }),
    undo: () =>
      act(async () => {
        for (const trashId of result ? trashIdsOf(result) : []) {
          const outcome = await client.call('disk.restore', { trashId });
          if (!outcome.ok) return outcome.error;
        }
        setResult(null);
        announce(strings.restored);
        return null;
      }),
  };
}

/** A clean-up is ended by `disk.stop`, never by leaving: its answer names what went to the trash. */
const NEVER = new AbortController().signal;

export type Disk = ReturnType<typeof useDisk>;

export function trashIdsOf(result: CleanResult): string[] {
  return result.removed.flatMap(({ trashId }) => trashId ?? []);
}
