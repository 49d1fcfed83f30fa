/** What the Disk page knows and does: the report, the choice, the clean-up and the way back. */
import { useEffect, useState } from 'react';
import type { CodedError } from '../../../src-shared/contract/coded-error.ts';
import type { CleanResult, DiskItem } from '../../../src-shared/domain/disk.ts';
import { useBackend, useQuery } from '../../backend-client/backend-context.tsx';
import { formatBytes } from '../../format/numbers.ts';
import { diskStrings as strings } from '../../strings/disk.ts';
import { useAnnounce } from '../../ui/announcer.tsx';

export function useDisk() {
  const client = useBackend();
  const announce = useAnnounce();
  const report = useQuery('disk.show', {});
  const [toggled, setToggled] = useState<ReadonlyMap<string, boolean>>(new Map());
  const [isBusy, setIsBusy] = useState(false);
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
    result,
    error,
    choose: (item: DiskItem, isChosen: boolean) => setToggled(new Map([...toggled, [item.id, isChosen]])),
    chooseProposed: () => setToggled(new Map(items.map(item => [item.id, item.isProposed]))),
    chooseNone: () => setToggled(new Map(items.map(item => [item.id, false]))),
    clean: () =>
      act(async () => {
        const outcome = await client.call('disk.clean', { ids: chosen.map(({ id }) => id) });
        if (!outcome.ok) return outcome.error;
        setResult(outcome.value);
        announce(strings.cleaned(formatBytes(outcome.value.freedBytes), trashIdsOf(outcome.value).length));
        return null;
      }),
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

export type Disk = ReturnType<typeof useDisk>;

export function trashIdsOf(result: CleanResult): string[] {
  return result.removed.flatMap(({ trashId }) => trashId ?? []);
}
