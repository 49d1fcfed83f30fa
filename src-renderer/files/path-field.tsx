/** The path of a file or folder on this machine: typed, pasted, or found in the system's dialog or the page's own. */
import { FolderOpen } from 'lucide-react';
import { type ReactNode, useId, useState } from 'react';
import { desktop } from '../backend-client/desktop.ts';
import { wizardStrings } from '../strings/wizard.ts';
import { Button } from '../ui/button.tsx';
import { FileBrowser } from './file-browser.tsx';

interface PathFieldProps {
  readonly label: string;
  readonly help: string;
  readonly placeholder?: string;
  readonly value: string;
  readonly extensions: readonly string[];
  /** A folder is chosen instead of a file. */
  readonly isFolder?: boolean;
  readonly error?: ReactNode;
  readonly children?: ReactNode;
  onChange(path: string): void;
}

export function PathField(props: PathFieldProps) {
  const { label, help, placeholder, value, extensions, isFolder = false, error, children, onChange } = props;
  const id = useId();
  const [isBrowsing, setIsBrowsing] = useState(false);
  const browse = async () => {
    if (!desktop) return setIsBrowsing(true);
    const purpose = isFolder ? 'folder' : 'open';
    const question = { purpose, title: label, extensions: [...extensions], path: value } as const;
    const path = await desktop.chooseFile(question);
    if (path !== null) onChange(path);
  };
  return (
    <div className="field path-field">
      <label htmlFor={id}>{label}</label>
      <div className="row">
        <input
          id={id}
          className="mono grow"
          value={value}
          placeholder={placeholder}
          spellCheck={false}
          autoComplete="off"
          aria-describedby={`${id}-help`}
          onChange={event => onChange(event.target.value.trim())}
        />
        <Button icon={FolderOpen} onClick={() => void browse()}>
          {wizardStrings.files.browse}
        </Button>
        {children}
      </div>
      <div id={`${id}-help`} className="form-help">
        <p className="meaning">{help}</p>
        {error}
      </div>
      {isBrowsing && (
        <FileBrowser
          extensions={extensions}
          isFolder={isFolder}
          onChoose={onChange}
          onClose={() => setIsBrowsing(false)}
        />
      )}
    </div>
  );
}
