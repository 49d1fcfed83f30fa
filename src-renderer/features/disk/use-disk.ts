/** What the Disk page knows and does: the report, the choice, the clean-up and the way back. */
import { useEffect, useState } from 'react';
import type { DiskItem } from '../../../src-shared/domain/disk.ts';
import { useBackend, useQuery } from '../../backend-client/backend-context.tsx';
import { trashIdsOf, useCleanUp } from '../../clean-up/use-clean-up.ts';
import { formatBytes } from '../../format/numbers.ts';
import { diskStrings as strings } from '../../strings/disk.ts';
import { useAnnounce } from '../../ui/announcer.tsx';

export function useDisk() {
  const client = useBackend();
  const announce = useAnnounce();
  const report = useQuery('disk.show', {});
  const [toggled, setToggled] = useState<ReadonlyMap<string, boolean>>(new Map());
  const { reload } = report;
  const cleanUp = useCleanUp(reload);
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

  return {
    report,
    items,
    chosen,
    cleanUp,
    choose: (item: DiskItem, isChosen: boolean) => setToggled(new Map([...toggled, [item.id, isChosen]])),
    chooseProposed: () => setToggled(new Map(items.map(item => [item.id, item.isProposed]))),
    chooseNone: () => setToggled(new Map(items.map(item => [item.id, false]))),
    clean: async () => {
      const result = await cleanUp.clean(chosen.map(({ id }) => id));
      if (result) announce(strings.cleaned(formatBytes(result.freedBytes), trashIdsOf(result).length));
    },
    undo: async () => {
      if (await cleanUp.undo()) announce(strings.restored);
    },
  };
}

export type Disk = ReturnType<typeof useDisk>;
