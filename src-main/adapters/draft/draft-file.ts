/** `draft.json` of the data folder, replaced as a whole. */
import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { keptDraftSchema, type ShownDraft } from '../../../src-shared/domain/kept-draft.ts';
import type { DraftFile } from '../../backend/ports.ts';
import { writeSynced } from '../checkpoints/durable-files.ts';

const storedSchema = z.object({ draft: keptDraftSchema, revision: z.int().min(0) });

export const draftFile: DraftFile = {
  read: home => read(pathIn(home)),
  keep(home, draft) {
    mkdirSync(home, { recursive: true });
    const path = pathIn(home);
    const revision = read(path).revision + 1;
    const temporary = `${path}.${process.pid}.partial`;
    writeSynced(temporary, [Buffer.from(JSON.stringify({ draft, revision }))]);
    renameSync(temporary, path);
    return revision;
  },
};

function pathIn(home: string): string {
  return join(home, 'draft.json');
}

/** A damaged file is worth less than a fresh start. */
function read(path: string): ShownDraft {
  try {
    return storedSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return { draft: null, revision: 0 };
  }
}
