/** `settings.json` of the data folder. One that cannot be read counts as empty, and the next write puts it aside. */
import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { type Settings, settingsSchema } from '../../../src-shared/domain/settings.ts';
import type { SettingsFile } from '../../backend/ports.ts';
import { writeSynced } from '../checkpoints/durable-files.ts';

export const settingsFile: SettingsFile = {
  read(home) {
    return settingsSchema.parse(readWhole(pathIn(home)) ?? {});
  },
  /** What a later version keeps in the file stays in it; one that is damaged becomes `settings.json.damaged`. */
  write(home: string, settings: Settings) {
    mkdirSync(home, { recursive: true });
    const path = pathIn(home);
    const before = readWhole(path);
    if (before === null) renameSync(path, `${path}.damaged`);
    const temporary = `${path}.${process.pid}.partial`;
    writeSynced(temporary, [Buffer.from(`${JSON.stringify({ ...before, ...settings }, null, 2)}\n`)]);
    renameSync(temporary, path);
  },
};

function pathIn(home: string): string {
  return join(home, 'settings.json');
}

/** Null where there is a file that holds no settings; nothing in it where there is none. */
function readWhole(path: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return settingsSchema.safeParse(value).success ? (value as Record<string, unknown>) : null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? {} : null;
  }
}
