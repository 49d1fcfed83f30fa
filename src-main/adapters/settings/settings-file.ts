/** `settings.json` of the data folder. What cannot be read in it counts as its default; the next change puts it aside. */
import { copyFileSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { SETTING_NAMES, settingsSchema } from '../../../src-shared/domain/settings.ts';
import type { SettingsFile } from '../../backend/ports.ts';
import { writeSynced } from '../checkpoints/durable-files.ts';

export const settingsFile: SettingsFile = {
  read(home) {
    const { sound, faulty } = look(pathIn(home));
    return { settings: settingsSchema.parse(sound), path: pathIn(home), faulty };
  },
  /**
   * Other keys stay as they are, also those of a later version, and a setting that nobody chose goes on following its
   * default. A file with faults is copied to `settings.json.damaged` first.
   */
  change(home, changes) {
    mkdirSync(home, { recursive: true });
    const path = pathIn(home);
    const { sound, faulty } = look(path);
    if (faulty.length > 0) copyFileSync(path, `${path}.damaged`);
    const temporary = `${path}.${process.pid}.partial`;
    writeSynced(temporary, [Buffer.from(`${JSON.stringify({ ...sound, ...changes }, null, 2)}\n`)]);
    renameSync(temporary, path);
  },
};

function pathIn(home: string): string {
  return join(home, 'settings.json');
}

interface Look {
  /** What is in the file without what is faulty, also keys of a later version. */
  readonly sound: Readonly<Record<string, unknown>>;
  /** As in `SettingsView`. */
  readonly faulty: string[];
}

function look(path: string): Look {
  try {
    const values: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof values !== 'object' || values === null || Array.isArray(values)) return UNREADABLE;
    const stored = values as Record<string, unknown>;
    const isFaulty = (name: (typeof SETTING_NAMES)[number]) =>
      Object.hasOwn(stored, name) && !settingsSchema.shape[name].safeParse(stored[name]).success;
    const faulty: readonly string[] = SETTING_NAMES.filter(isFaulty);
    const sound = Object.entries(stored).filter(([name]) => !faulty.includes(name));
    return { sound: Object.fromEntries(sound), faulty: [...faulty] };
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? { sound: {}, faulty: [] } : UNREADABLE;
  }
}

const UNREADABLE: Look = { sound: {}, faulty: [''] };
