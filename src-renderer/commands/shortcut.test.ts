/** A shortcut fires for its keys and for no others. */
import { expect, test } from 'vitest';
import { ariaShortcut, formatShortcut, matchesShortcut, sayShortcut } from './shortcut.ts';

const press = (key: string, held: string[] = []) => ({
  key,
  ctrlKey: held.includes('ctrl'),
  metaKey: held.includes('meta'),
  altKey: held.includes('alt'),
  shiftKey: held.includes('shift'),
});

test('Mod is Control, and Command on a Mac', () => {
  expect(matchesShortcut(press('k', ['ctrl']), 'Mod+K', false)).toBe(true);
  expect(matchesShortcut(press('k', ['meta']), 'Mod+K', false)).toBe(false);
  expect(matchesShortcut(press('k', ['meta']), 'Mod+K', true)).toBe(true);
});

test('further modifiers make it another shortcut', () => {
  expect(matchesShortcut(press('K', ['ctrl', 'shift']), 'Mod+K', false)).toBe(false);
  expect(matchesShortcut(press('K', ['ctrl', 'shift']), 'Mod+Shift+K', false)).toBe(true);
  expect(matchesShortcut(press('k', ['ctrl', 'alt']), 'Mod+K', false)).toBe(false);
  expect(matchesShortcut(press('k'), 'Mod+K', false)).toBe(false);
});

test('is written for readers and for screen readers', () => {
  expect(formatShortcut('Mod+Enter', false)).toBe('Ctrl ↵');
  expect(ariaShortcut('Mod+Enter', true)).toBe('Meta+Enter');
  expect(sayShortcut('Mod+Shift+S', true)).toBe('Command Shift S');
});
