/** Keyboard shortcuts as commands write them: `Mod+K`, where Mod is Command on a Mac, else Control. */

export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

/** Shortcuts always hold a modifier, so that they never get in the way of typing (WCAG 2.1.4). */
export type Shortcut = `Mod+${string}`;

export function matchesShortcut(press: KeyPress, shortcut: Shortcut, isMac: boolean): boolean {
  const parts = shortcut.split('+');
  const key = parts.at(-1) ?? '';
  const [mod, other] = isMac ? [press.metaKey, press.ctrlKey] : [press.ctrlKey, press.metaKey];
  return (
    mod &&
    !other &&
    !press.altKey &&
    press.shiftKey === parts.includes('Shift') &&
    press.key.toLowerCase() === key.toLowerCase()
  );
}

/** `Mod+Enter` → "Ctrl ↵", on a Mac "⌘ ↵". */
export function formatShortcut(shortcut: Shortcut, isMac: boolean): string {
  return shortcut
    .replace('Mod', isMac ? '⌘' : 'Ctrl')
    .replace('Enter', '↵')
    .replaceAll('+', ' ');
}

/** The form of the `aria-keyshortcuts` attribute. */
export function ariaShortcut(shortcut: Shortcut, isMac: boolean): string {
  return shortcut.replace('Mod', isMac ? 'Meta' : 'Control');
}

/** For screen readers, in words: "Control Shift S", "Command Enter". */
export function sayShortcut(shortcut: Shortcut, isMac: boolean): string {
  return shortcut.replace('Mod', isMac ? 'Command' : 'Control').replaceAll('+', ' ');
}
