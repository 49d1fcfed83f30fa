/** All commands in one searchable list, for the keyboard. */
import { Search } from 'lucide-react';
import { type KeyboardEvent, useId, useState } from 'react';
import { strings } from '../strings.ts';
import { KeyHint } from '../ui/key-hint.tsx';
import { Modal } from '../ui/modal.tsx';
import './command-palette.css';
import { type Command, findCommands } from './command-registry.ts';
import { formatShortcut } from './shortcut.ts';
import { IS_MAC, useCommandList } from './use-commands.tsx';

interface CommandPaletteProps {
  readonly isOpen: boolean;
  onClose(): void;
}

export function CommandPalette({ isOpen, onClose }: CommandPaletteProps) {
  return (
    <Modal isOpen={isOpen} className="palette" aria-label={strings.palette.label} onClose={onClose}>
      {isOpen && <PaletteBody onClose={onClose} />}
    </Modal>
  );
}

function PaletteBody({ onClose }: { onClose(): void }) {
  const listId = useId();
  const [query, setQuery] = useState('');
  const [chosen, setChosen] = useState(0);
  const found = findCommands(useCommandList(), query);
  const current = Math.min(chosen, found.length - 1);

  function run(command: Command | undefined): void {
    if (!command?.enabled) return;
    onClose();
    command.run();
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'ArrowDown') setChosen(Math.min(current + 1, found.length - 1));
    else if (event.key === 'ArrowUp') setChosen(Math.max(current - 1, 0));
    else if (event.key === 'Enter') run(found[current]);
    else return;
    event.preventDefault();
  }

  return (
    <div className="palette-box">
      <div className="palette-input">
        <Search size={16} strokeWidth={1.5} aria-hidden="true" />
        <input
          // biome-ignore lint/a11y/noAutofocus: opening the palette is asking to type into it
          autoFocus
          role="combobox"
          aria-label={strings.palette.placeholder}
          aria-expanded="true"
          aria-controls={listId}
          aria-activedescendant={found.length > 0 ? `${listId}-${current}` : undefined}
          aria-autocomplete="list"
          placeholder={strings.palette.placeholder}
          value={query}
          onChange={event => {
            setQuery(event.target.value);
            setChosen(0);
          }}
          onKeyDown={onKeyDown}
        />
        <KeyHint>Esc</KeyHint>
      </div>
      {found.length === 0 && <p className="palette-none">{strings.palette.none}</p>}
      <div id={listId} role="listbox" aria-label={strings.palette.commands} className="palette-list">
        {found.map((command, i) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the combobox above has the focus and the keys
          <div
            key={command.id}
            id={`${listId}-${i}`}
            role="option"
            tabIndex={-1}
            aria-selected={i === current}
            aria-disabled={!command.enabled}
            onClick={() => run(command)}
            onMouseMove={() => setChosen(i)}
          >
            <span className="grow">
              {command.title}
              {!command.enabled && command.reason && <span className="quiet"> {command.reason}</span>}
            </span>
            {command.shortcut && <KeyHint>{formatShortcut(command.shortcut, IS_MAC)}</KeyHint>}
          </div>
        ))}
      </div>
      <div className="palette-foot" aria-hidden="true">
        <span>
          <KeyHint>↑</KeyHint> <KeyHint>↓</KeyHint> {strings.palette.choose}
        </span>
        <span>
          <KeyHint>↵</KeyHint> {strings.palette.run}
        </span>
        <span>
          <KeyHint>Esc</KeyHint> {strings.palette.close}
        </span>
      </div>
    </div>
  );
}
