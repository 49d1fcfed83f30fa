/** What deleted runs still take on the disk: shown with its size, and removed only when asked, to the trash. */
import { Trash2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { DiskItem } from '../../../src-shared/domain/disk.ts';
import { useQuery } from '../../backend-client/backend-context.tsx';
import { CleanUpNotice } from '../../clean-up/clean-up-notice.tsx';
import { useCleanUp } from '../../clean-up/use-clean-up.ts';
import { formatBytes } from '../../format/numbers.ts';
import { historyStrings as strings } from '../../strings/history.ts';
import { useAnnounce } from '../../ui/announcer.tsx';
import { Button } from '../../ui/button.tsx';
import { ErrorCallout } from '../../ui/callout.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { SizedList } from './sized-list.tsx';

export function DeletedFiles({ ids }: { readonly ids: readonly string[] }) {
  const announce = useAnnounce();
  const disk = useQuery('disk.show', {});
  const [isAsking, setIsAsking] = useState(false);
  const cleanUp = useCleanUp(disk.reload);
  const [removed, setRemoved] = useState('');
  const all = disk.status === 'ready' ? disk.value.items : [];
  const folders = useMemo(() => foldersOf(ids, all), [ids, all]);
  const bytes = folders.reduce((sum, folder) => sum + folder.bytes, 0);

  async function remove(): Promise<void> {
    setIsAsking(false);
    const result = await cleanUp.clean(folders.map(({ id }) => id));
    if (!result) return;
    const gone = new Set(result.removed.map(({ id }) => id));
    const words = strings.filesRemoved(
      formatBytes(folders.reduce((sum, folder) => sum + (gone.has(folder.id) ? folder.bytes : 0), 0)),
    );
    setRemoved(words);
    announce(words);
  }

  async function undo(): Promise<void> {
    if (await cleanUp.undo()) announce(strings.filesRestored);
  }

  return (
    <section aria-label={strings.files} className="stack history-files">
      <h3>{strings.files}</h3>
      {disk.status === 'loading' && (
        <p className="row soft">
          <span className="spinner" aria-hidden="true" />
          {strings.filesLooking}
        </p>
      )}
      {disk.status === 'failed' && <ErrorCallout error={disk.error} />}
      {cleanUp.error && <ErrorCallout error={cleanUp.error} />}
      {disk.status === 'ready' && folders.length === 0 && !cleanUp.result && (
        <p className="soft">{strings.filesNone}</p>
      )}
      {folders.length > 0 && !cleanUp.cleaning && (
        <>
          <p>{strings.filesSize(formatBytes(bytes), folders.length)}</p>
          <div>
            <Button icon={Trash2} onClick={() => setIsAsking(true)}>
              {strings.filesRemove}
            </Button>
          </div>
        </>
      )}
      <CleanUpNotice cleanUp={cleanUp} done={removed} onUndo={() => void undo()} />
      <ConfirmDialog
        isOpen={isAsking}
        title={strings.filesTitle(formatBytes(bytes))}
        confirm={strings.filesConfirm}
        cancel={strings.filesCancel}
        onCancel={() => setIsAsking(false)}
        onConfirm={() => void remove()}
      >
        <p>{strings.filesHelp}</p>
        <SizedList items={folders} />
      </ConfirmDialog>
    </section>
  );
}

/** The folders of the runs, each with its checkpoints, which the survey of the disk counts apart; the largest first. */
function foldersOf(ids: readonly string[], items: readonly DiskItem[]): DiskItem[] {
  const folders = new Map(items.map(item => [item.id, item]));
  const inside = Map.groupBy(items, ({ id }) => id.split('/').slice(0, 2).join('/'));
  return ids
    .flatMap(id => {
      const folder = folders.get(`runs/${id}`);
      const parts = inside.get(`runs/${id}`) ?? [];
      return folder ? [{ ...folder, bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0) }] : [];
    })
    .sort((a, b) => b.bytes - a.bytes);
}
