/** Says that runs were deleted, and offers the way back. */
import { Trash2, Undo2, X } from 'lucide-react';
import { CommandButton } from '../../commands/command-button.tsx';
import { useCommand } from '../../commands/use-commands.tsx';
import { formatCount } from '../../format/numbers.ts';
import { historyStrings as strings } from '../../strings/history.ts';
import { IconButton } from '../../ui/button.tsx';
import type { RunActions } from './use-run-actions.ts';

export function RemovedNotice({ actions }: { readonly actions: RunActions }) {
  const { removed } = actions;
  const undo = useCommand({
    id: 'history.undo',
    title: strings.undo,
    shortcut: 'Mod+Z',
    enabled: removed !== null,
    isListed: removed !== null,
    run: () => void actions.restore(removed?.ids ?? []),
  });
  if (removed === null) return null;
  const { ids, kept } = removed;
  return (
    <section className="history-notice" aria-label={strings.deleted(formatCount(ids.length))}>
      <Trash2 size={14} strokeWidth={1.75} aria-hidden="true" />
      <span>
        <b>{strings.deleted(formatCount(ids.length))}</b> {strings.deletedHelp}
        {kept > 0 && ` ${strings.kept(formatCount(kept))}`}
      </span>
      <CommandButton command={undo} icon={Undo2} variant="quiet" />
      <IconButton label={strings.dismiss} icon={X} onClick={actions.dismiss} />
    </section>
  );
}
