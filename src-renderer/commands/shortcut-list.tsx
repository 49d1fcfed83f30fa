/** All shortcuts that work on the page that is shown. */
import { X } from 'lucide-react';
import { useId } from 'react';
import { strings } from '../strings.ts';
import { IconButton } from '../ui/button.tsx';
import { KeyHint } from '../ui/key-hint.tsx';
import { Modal } from '../ui/modal.tsx';
import { type Command, groupCommands } from './command-registry.ts';
import { formatShortcut, sayShortcut } from './shortcut.ts';
import './shortcut-list.css';
import { IS_MAC, useCommandList } from './use-commands.tsx';

interface ShortcutListProps {
  readonly isOpen: boolean;
  onClose(): void;
}

export function ShortcutList({ isOpen, onClose }: ShortcutListProps) {
  const titleId = useId();
  return (
    <Modal isOpen={isOpen} className="palette shortcuts" aria-labelledby={titleId} onClose={onClose}>
      <div className="row shortcuts-head">
        <h2 id={titleId} className="grow">
          {strings.shortcuts.title}
        </h2>
        <IconButton label={strings.shortcuts.close} icon={X} onClick={onClose} />
      </div>
      {isOpen && <Groups />}
      <p className="palette-foot">{strings.shortcuts.rest(formatShortcut('Mod+K', IS_MAC))}</p>
    </Modal>
  );
}

function Groups() {
  const withKeys = useCommandList().filter(({ shortcut }) => shortcut !== undefined);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    // biome-ignore lint/a11y/useSemanticElements: a fieldset does not scroll
    <div className="shortcuts-groups" role="group" aria-label={strings.shortcuts.title} tabIndex={0}>
      {groupCommands(withKeys).map(({ area, commands }) => (
        <section key={area} aria-label={strings.shortcuts.areas[area]}>
          <h3>{strings.shortcuts.areas[area]}</h3>
          <dl>
            {commands.map(command => (
              <Entry key={command.id} command={command} />
            ))}
          </dl>
        </section>
      ))}
    </div>
  );
}

function Entry({ command: { title, shortcut, enabled } }: { readonly command: Command }) {
  if (shortcut === undefined) return null;
  return (
    <div className={enabled ? 'row' : 'row quiet'}>
      <dt className="grow">{title}</dt>
      <dd>
        <KeyHint>{formatShortcut(shortcut, IS_MAC)}</KeyHint>
        <span className="sr-only">{sayShortcut(shortcut, IS_MAC)}</span>
      </dd>
    </div>
  );
}
