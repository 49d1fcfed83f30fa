/** The recipe that is being written, as the data folder keeps it between visits. */
import { z } from 'zod';
import { runParentSchema } from './run.ts';

/** The past run that a draft was made from; a run of the draft will say so. */
export const draftParentSchema = runParentSchema.extend({
  kind: z.enum(['cloned', 'continued']),
  name: z.string(),
});
export type DraftParent = z.infer<typeof draftParentSchema>;

export const keptDraftSchema = z.object({
  /** Whole or not, right or wrong: what was typed. */
  recipe: z.record(z.string(), z.unknown()),
  /** The file it was opened from or saved to. */
  path: z.string().nullable(),
  parent: draftParentSchema.nullable(),
});
export type KeptDraft = z.infer<typeof keptDraftSchema>;

export const shownDraftSchema = z.object({
  draft: keptDraftSchema.nullable(),
  /** Counts what was kept so far in this data folder; 0 before the first. */
  revision: z.number(),
  /** The window that wrote it; null before the first. */
  windowId: z.string().nullable(),
});
export type ShownDraft = z.infer<typeof shownDraftSchema>;
