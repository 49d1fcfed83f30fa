/** `draft.json` of the data folder, replaced as a whole. */
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { keptDraftSchema, type ShownDraft } from '../../../src-shared/domain/kept-draft.ts';
import type { DraftFile } from '../../backend/ports.ts';
import { writeSynced } from '../checkpoints/durable-files.ts';

const storedSchema = z.object({
  draft: keptDraftSchema,
  revision: z.int().min(1),
  windowId: z.string().nullable().default(null),
});
const NONE: ShownDraft = { draft: null, revision: 0, windowId: null };

export const draftFile: DraftFile = {
  read: home => read(pathIn(home)),
  keep(home, draft, windowId) {
    mkdirSync(home, { recursive: true });
    const path = pathIn(home);
    const before = read(path);
    if (before.draft === null && existsSync(path)) renameSync(path, join(home, 'draft.damaged.json'));
    const revision = before.revision + 1;
    const temporary = `${path}.${process.pid}.partial`;
    writeSynced(temporary, [Buffer.from(JSON.stringify({ draft, revision, windowId }))]);
    renameSync(temporary, path);
    return revision;
  },
};

function pathIn(home: string): string {
  return join(home, 'draft.json');
}

function read(path: string): ShownDraft {
  try {
    return storedSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return NONE;
  }
}
