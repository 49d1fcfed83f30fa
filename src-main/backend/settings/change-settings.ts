/** The settings of a data folder: shown with what needs a look, and changed where every value is a good one. */
import { statSync } from 'node:fs';
import { fail, type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { SettingsView } from '../../../src-shared/domain/settings.ts';
import type { BackendParts } from '../backend-parts.ts';
import { limitCache } from '../disk/disk.ts';
import { checkChanges } from './check-changes.ts';
import { writeSettings } from './write-settings.ts';

export function showSettings({ home, settings }: Pick<BackendParts, 'home' | 'settings'>): SettingsView {
  const stored = settings.read(home);
  const isMissing = (folder: string) => !statSync(folder, { throwIfNoEntry: false })?.isDirectory();
  return { ...stored, missingFolders: stored.settings.modelFolders.filter(isMissing) };
}

/** All or nothing. Errors: `settings.invalid`, `settings.notWritten`. */
export async function changeSettings(
  parts: BackendParts,
  changes: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
): Promise<Outcome<SettingsView>> {
  const checked = checkChanges(changes);
  if (!checked.ok) return fail(checked.error);
  const written = writeSettings(parts, checked.value);
  if (!written.ok) return written;
  if ('cacheLimitBytes' in changes) await limitCache(parts, signal);
  return ok(showSettings(parts));
}
