/** Folders and files below the user's home, for pages that cannot open the system's own dialog. */
import { ArrowUp, File, Folder } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useAnswer } from '../backend-client/use-answer.ts';
import { formatBytes } from '../format/numbers.ts';
import { wizardStrings } from '../strings/wizard.ts';
import { Button } from '../ui/button.tsx';
import { ErrorCallout } from '../ui/callout.tsx';

const strings = wizardStrings.files;

interface FileBrowserProps {
  /** In lower case with their dot; none for all files. */
  readonly extensions: readonly string[];
  /** The folder that is shown is what is chosen. */
  readonly isFolder?: boolean;
  onChoose(path: string): void;
  onClose(): void;
}

/** Mounted while it is open. */
export function FileBrowser({ extensions, isFolder = false, onChoose, onClose }: FileBrowserProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const [directory, setDirectory] = useState<string | null>(null);
  const files = useAnswer('files.list', { directory, extensions: [...extensions] });
  useEffect(() => dialog.current?.showModal(), []);
  const shown = files.value;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another folder begins at its first entry
  useEffect(() => list.current?.querySelector('button')?.focus(), [shown?.directory]);

  return (
    <dialog
      ref={dialog}
      className="palette browser"
      aria-label={isFolder ? strings.folderTitle : strings.title}
      onClose={onClose}
    >
      <div className="palette-box">
        <div className="row browser-head">
          <Button
            variant="quiet"
            icon={ArrowUp}
            isDisabled={!shown || shown.parent === null}
            onClick={() => setDirectory(shown?.parent ?? null)}
          >
            {strings.up}
          </Button>
          <code className="grow clip">{shown?.directory}</code>
          {isFolder && (
            <Button
              variant="primary"
              isDisabled={!shown}
              onClick={() => {
                if (shown) onChoose(shown.directory);
                dialog.current?.close();
              }}
            >
              {strings.chooseFolder}
            </Button>
          )}
          <Button variant="quiet" onClick={() => dialog.current?.close()}>
            {strings.close}
          </Button>
        </div>
        {files.error && (
          <div className="browser-error">
            <ErrorCallout error={files.error} />
          </div>
        )}
        {shown && shown.entries.length === 0 && <p className="palette-none">{strings.empty}</p>}
        <ul ref={list} className="browser-list" aria-label={strings.list}>
          {(shown?.entries ?? [])
            .filter(entry => !isFolder || entry.isDirectory)
            .map(({ name, path, isDirectory, bytes }) => {
              const Icon = isDirectory ? Folder : File;
              return (
                <li key={path}>
                  <button
                    type="button"
                    onClick={() => {
                      if (isDirectory) setDirectory(path);
                      else {
                        onChoose(path);
                        dialog.current?.close();
                      }
                    }}
                  >
                    <Icon size={14} strokeWidth={1.5} aria-hidden="true" />
                    <span className="grow clip">{name}</span>
                    <span className="quiet small">{isDirectory ? strings.folder : formatBytes(bytes)}</span>
                  </button>
                </li>
              );
            })}
        </ul>
        {shown?.truncated && <p className="palette-none">{strings.truncated}</p>}
      </div>
    </dialog>
  );
}
