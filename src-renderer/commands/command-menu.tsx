/** Commands behind one button, for what is needed less often. Arrow keys, Home and End move between them. */
import type { LucideIcon } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import { Popover } from '../ui/popover.tsx';
import './command-menu.css';
import type { Command } from './command-registry.ts';

export interface MenuItem {
  readonly command: Command;
  readonly icon: LucideIcon;
}

interface CommandMenuProps {
  readonly label: string;
  readonly items: readonly MenuItem[];
}

export function CommandMenu({ label, items }: CommandMenuProps) {
  return (
    <Popover label={label} title={label} align="end" opens="menu">
      {close => <Items label={label} items={items} close={close} />}
    </Popover>
  );
}

function Items({ label, items, close }: CommandMenuProps & { close(): void }) {
  const menu = useRef<HTMLDivElement>(null);
  const buttons = () => [...(menu.current?.querySelectorAll<HTMLElement>('[role="menuitem"]') ?? [])];
  // biome-ignore lint/correctness/useExhaustiveDependencies: the first one gets the focus when it opens
  useEffect(() => buttons()[0]?.focus(), []);
  const onKeyDown = (event: KeyboardEvent) => {
    const all = buttons();
    const at = all.indexOf(document.activeElement as HTMLElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    all.at(next % all.length)?.focus();
  };
  return (
    <div
      ref={menu}
      className="command-menu"
      role="menu"
      aria-label={label}
      tabIndex={-1}
      onKeyDown={onKeyDown}
    >
      {items.map(({ command: { id, title, enabled, reason, run }, icon: Icon }) => (
        <button
          key={id}
          type="button"
          role="menuitem"
          tabIndex={-1}
          aria-disabled={!enabled || undefined}
          title={enabled ? undefined : reason}
          aria-description={enabled ? undefined : reason}
          onClick={() => {
            if (!enabled) return;
            close();
            run();
          }}
        >
          <Icon size={14} strokeWidth={1.75} aria-hidden="true" />
          {title}
        </button>
      ))}
    </div>
  );
}
