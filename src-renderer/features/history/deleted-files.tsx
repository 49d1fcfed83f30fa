/** What deleted runs still take on the disk: shown with its size, and removed only when asked, to the trash. */
import { Trash2, Undo2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { CodedError } from '../../../src-shared/contract/coded-error.ts';
import type { CleanResult, DiskItem } from '../../../src-shared/domain/disk.ts';
import { useBackend, useQuery } from '../../backend-client/backend-context.tsx';
import { formatBytes, formatCount } from '../../format/numbers.ts';
import { historyStrings as strings } from '../../strings/history.ts';
import { useAnnounce } from '../../ui/announcer.tsx';
import { Button } from '../../ui/button.tsx';
import { Callout, ErrorCallout } from '../../ui/callout.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';

/** The rest is in the sum. */
const NAMED = 12;

export function DeletedFiles({ ids }: { readonly ids: readonly string[] }) {
  const client = useBackend();
  const announce = useAnnounce();
  const disk = useQuery('disk.show', {});
  const [isAsking, setIsAsking] = useState(false);
  const [result, setResult] = useState<(CleanResult & { readonly words: string }) | null>(null);
  const [error, setError] = useState<CodedError | null>(null);
  const all = disk.status === 'ready' ? disk.value.items : [];
  const folders = useMemo(() => foldersOf(ids, all), [ids, all]);
  const bytes = folders.reduce((sum, folder) => sum + folder.bytes, 0);

  async function remove(): Promise<void> {
    setIsAsking(false);
    const outcome = await client.call('disk.clean', {
      ids: folders.map(({ id }) => id),
      workId: crypto.randomUUID(),
    });
    setError(outcome.ok ? null : outcome.error);
    if (outcome.ok) {
      const gone = new Set(outcome.value.removed.map(({ id }) => id));
      const removed = folders.reduce((sum, { id, bytes: size }) => sum + (gone.has(id) ? size : 0), 0);
      setResult({ ...outcome.value, words: strings.filesRemoved(formatBytes(removed)) });
      announce(strings.filesRemoved(formatBytes(removed)));
    }
    disk.reload();
  }

  async function undo(): Promise<void> {
    for (const { trashId } of result?.removed ?? []) {
      if (trashId === null) continue;
      const outcome = await client.call('disk.restore', { trashId });
      if (!outcome.ok) {
        setError(outcome.error);
        return disk.reload();
      }
    }
    setResult(null);
    announce(strings.filesRestored);
    disk.reload();
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
      {error && <ErrorCallout error={error} />}
      {disk.status === 'ready' && folders.length === 0 && !result && (
        <p className="soft">{strings.filesNone}</p>
      )}
      {folders.length > 0 && (
        <>
          <p>{strings.filesSize(formatBytes(bytes), folders.length)}</p>
          <div>
            <Button icon={Trash2} onClick={() => setIsAsking(true)}>
              {strings.filesRemove}
            </Button>
          </div>
        </>
      )}
      {result && (
        <Callout tone={result.kept.length > 0 ? 'warn' : 'ok'} title={result.words}>
          {result.kept.map(({ id, reason }) => (
            <p key={id} className="wrap">
              {id}: {reason}
            </p>
          ))}
          <Button icon={Undo2} onClick={() => void undo()}>
            {strings.undo}
          </Button>
        </Callout>
      )}
      <ConfirmDialog
        isOpen={isAsking}
        title={strings.filesTitle(formatBytes(bytes))}
        confirm={strings.filesConfirm}
        cancel={strings.filesCancel}
        onCancel={() => setIsAsking(false)}
        onConfirm={() => void remove()}
      >
        <p>{strings.filesHelp}</p>
        <ul className="history-file-list">
          {folders.slice(0, NAMED).map(folder => (
            <li key={folder.id} className="row">
              <span className="grow clip">{folder.name}</span>
              <span className="num">{formatBytes(folder.bytes)}</span>
            </li>
          ))}
          {folders.length > NAMED && (
            <li className="quiet">{strings.filesMore(formatCount(folders.length - NAMED))}</li>
          )}
        </ul>
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
