/** Adds a folder to those that are looked through for models. */
import { FolderPlus } from 'lucide-react';
import { useState } from 'react';
import type { CodedError, Outcome } from '../../src-shared/contract/coded-error.ts';
import { useBackend } from '../backend-client/backend-context.tsx';
import type { BackendClient } from '../backend-client/client.ts';
import { settingsStrings } from '../strings/settings.ts';
import { useAnnounce } from '../ui/announcer.tsx';
import { Button } from '../ui/button.tsx';
import { ErrorCallout } from '../ui/callout.tsx';
import { PathField } from './path-field.tsx';

const strings = settingsStrings.folders;

export function AddFolder() {
  const client = useBackend();
  const announce = useAnnounce();
  const [folder, setFolder] = useState('');
  const [error, setError] = useState<CodedError | null>(null);
  const add = async () => {
    if (folder === '') return;
    const outcome = await addModelFolder(client, folder);
    setError(outcome.ok ? null : outcome.error);
    if (!outcome.ok) return;
    setFolder('');
    announce(strings.added(folder));
  };
  return (
    <form
      onSubmit={event => {
        event.preventDefault();
        void add();
      }}
    >
      <PathField
        label={strings.add}
        help={strings.addHelp}
        placeholder="/home/me/models"
        value={folder}
        extensions={[]}
        isFolder
        error={error && <ErrorCallout error={error} />}
        onChange={setFolder}
      >
        <Button type="submit" icon={FolderPlus} isDisabled={folder === ''}>
          {strings.addButton}
        </Button>
      </PathField>
    </form>
  );
}

/** To those that are there now, also from another window. */
async function addModelFolder(client: BackendClient, folder: string): Promise<Outcome<unknown>> {
  const now = await client.call('settings.show', {});
  if (!now.ok) return now;
  const modelFolders = [...now.value.settings.modelFolders, folder];
  return await client.call('settings.change', { changes: { modelFolders } });
}
