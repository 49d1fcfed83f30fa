/** The folders that are looked through for models: added, taken out, and put back. */
import { Folder, FolderX, Undo2, X } from 'lucide-react';
import { useState } from 'react';
import type { CodedError } from '../../../src-shared/contract/coded-error.ts';
import type { SettingsView } from '../../../src-shared/domain/settings.ts';
import { useSettings } from '../../backend-client/use-settings.ts';
import { AddFolder } from '../../files/add-folder.tsx';
import { settingsStrings } from '../../strings/settings.ts';
import { useAnnounce } from '../../ui/announcer.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { ErrorCallout } from '../../ui/callout.tsx';
import { Card } from '../../ui/card.tsx';

const strings = settingsStrings.folders;

export function FolderCard({ view }: { readonly view: SettingsView }) {
  const { change } = useSettings();
  const announce = useAnnounce();
  const [error, setError] = useState<CodedError | null>(null);
  /** What was taken out last, with the list as it was. */
  const [last, setLast] = useState<{ folder: string; before: string[] } | null>(null);
  const { modelFolders } = view.settings;
  const store = async (folders: string[]) => {
    const outcome = await change({ modelFolders: folders });
    setError(outcome.ok ? null : outcome.error);
    return outcome.ok;
  };
  const remove = async (folder: string) => {
    if (!(await store(modelFolders.filter(known => known !== folder)))) return;
    setLast({ folder, before: modelFolders });
    announce(strings.removed(folder));
  };
  const undo = async (before: string[]) => {
    if (await store([...new Set([...before, ...modelFolders])])) setLast(null);
  };
  return (
    <Card title={strings.title}>
      <div className="card-body settings-folders">
        <p className="soft">{strings.help}</p>
        {modelFolders.length === 0 ? (
          <p className="quiet">{strings.none}</p>
        ) : (
          <ul aria-label={strings.list}>
            {modelFolders.map(folder => (
              <li key={folder} className="row">
                {view.missingFolders.includes(folder) ? (
                  <>
                    <FolderX className="warn" size={14} strokeWidth={1.5} aria-hidden="true" />
                    <span className="mono clip">{folder}</span>
                    <span className="warn grow">{strings.missing}</span>
                  </>
                ) : (
                  <>
                    <Folder size={14} strokeWidth={1.5} aria-hidden="true" />
                    <span className="mono clip grow">{folder}</span>
                  </>
                )}
                <IconButton label={strings.remove(folder)} icon={X} onClick={() => void remove(folder)} />
              </li>
            ))}
          </ul>
        )}
        {last && (
          <p className="row row-wrap">
            <span className="soft wrap">{strings.removed(last.folder)}</span>
            <Button icon={Undo2} onClick={() => void undo(last.before)}>
              {strings.undo}
            </Button>
          </p>
        )}
        {error && <ErrorCallout error={error} />}
        <AddFolder />
      </div>
    </Card>
  );
}
