/** `settings.json` of the data folder. One that cannot be read counts as empty and is left until the next write. */
import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { type Settings, settingsSchema } from '../../../src-shared/domain/settings.ts';
import type { SettingsFile } from '../../backend/ports.ts';
import { writeSynced } from '../checkpoints/durable-files.ts';

export const settingsFile: SettingsFile = {
  read(home) {
    try {
      return settingsSchema.parse(JSON.parse(readFileSync(join(home, 'settings.json'), 'utf8')));
    } catch {
      return settingsSchema.parse({});
    }
  },
  write(home: string, settings: Settings) {
    mkdirSync(home, { recursive: true });
    const path = join(home, 'settings.json');
    const temporary = `${path}.${process.pid}.partial`;
    writeSynced(temporary, [Buffer.from(`${JSON.stringify(settings, null, 2)}\n`)]);
    renameSync(temporary, path);
  },
};
