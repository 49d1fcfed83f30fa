/** Which recipe a call is about. */
import { z } from 'zod';
import { runParentSchema } from '../domain/run.ts';
import { draftSchema } from './draft-procedures.ts';

/**
 * The bundled demo, a file on this machine, one that is being written (and the run that it was made from), or that of a
 * past run, to be trained once more.
 */
export const recipeSourceSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('demo') }),
  z.strictObject({ kind: z.literal('file'), path: z.string().min(1) }),
  z.strictObject({
    kind: z.literal('draft'),
    recipe: draftSchema,
    parent: runParentSchema.extend({ kind: z.enum(['continued', 'cloned']) }).optional(),
  }),
  z.strictObject({ kind: z.literal('again'), id: z.string().min(1).max(100) }),
]);
export type RecipeSource = z.infer<typeof recipeSourceSchema>;
