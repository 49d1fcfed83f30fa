/** Stands where a run was that left the history, with the way back. */
import { Trash2, Undo2 } from 'lucide-react';
import { useState } from 'react';
import type { CodedError } from '../../../src-shared/contract/coded-error.ts';
import { useBackend } from '../../backend-client/backend-context.tsx';
import { CommandButton } from '../../commands/command-button.tsx';
import { useCommand } from '../../commands/use-commands.tsx';
import { runControlStrings as strings } from '../../strings/run-controls.ts';
import { useAnnounce } from '../../ui/announcer.tsx';
import { ErrorCallout } from '../../ui/callout.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';

interface RemovedRunProps {
  readonly id: string;
  readonly name: string;
  onRestored(): void;
}

export function RemovedRun({ id, name, onRestored }: RemovedRunProps) {
  const client = useBackend();
  const announce = useAnnounce();
  const [error, setError] = useState<CodedError | null>(null);
  const undo = useCommand({
    id: 'run.restore',
    title: strings.undo,
    shortcut: 'Mod+Z',
    enabled: true,
    run: async () => {
      const outcome = await client.call('runs.restore', { ids: [id] });
      if (!outcome.ok) return setError(outcome.error);
      announce(strings.restored(name));
      onRestored();
    },
  });
  return (
    <div className="page">
      <h1 className="sr-only">{name}</h1>
      {error && <ErrorCallout error={error} />}
      <EmptyState
        icon={Trash2}
        title={strings.removedTitle(name)}
        help={strings.removedHelp}
        action={<CommandButton command={undo} icon={Undo2} />}
      />
    </div>
  );
}
