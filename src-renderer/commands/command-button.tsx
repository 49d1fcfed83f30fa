/** A button that is a command: its label, shortcut and state come from there. */
import type { LucideIcon } from 'lucide-react';
import { Button, type ButtonVariant } from '../ui/button.tsx';
import { KeyHint } from '../ui/key-hint.tsx';
import type { Command } from './command-registry.ts';
import { ariaShortcut, formatShortcut } from './shortcut.ts';
import { IS_MAC } from './use-commands.tsx';

interface CommandButtonProps {
  readonly command: Command;
  readonly icon?: LucideIcon;
  readonly variant?: ButtonVariant;
}

export function CommandButton({ command, icon, variant = 'plain' }: CommandButtonProps) {
  const { shortcut, enabled, reason } = command;
  return (
    <Button
      variant={variant}
      isDisabled={!enabled}
      onClick={command.run}
      {...(icon ? { icon } : {})}
      {...(!enabled && reason ? { help: reason } : {})}
      {...(shortcut ? { 'aria-keyshortcuts': ariaShortcut(shortcut, IS_MAC) } : {})}
    >
      {command.title}
      {shortcut && <KeyHint>{formatShortcut(shortcut, IS_MAC)}</KeyHint>}
    </Button>
  );
}
