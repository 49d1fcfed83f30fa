/** Stores changes of settings, and tells every page. */
import { fail, type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { Settings } from '../../../src-shared/domain/settings.ts';
import type { BackendParts } from '../backend-parts.ts';

/** Errors: `settings.notWritten`. */
export function writeSettings(
  { settings, home, events }: Pick<BackendParts, 'settings' | 'home' | 'events'>,
  changes: Partial<Settings>,
): Outcome<null> {
  try {
    settings.change(home, changes);
  } catch (error) {
    return fail({
      code: 'settings.notWritten',
      title: 'The settings cannot be saved.',
      cause: error instanceof Error ? error.message : String(error),
      remedy: 'Free space on the disk of the data folder, or check the rights on it.',
    });
  }
  events.publishSettings(Object.keys(changes));
  return ok(null);
}
