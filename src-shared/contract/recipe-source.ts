/** Which recipe a call is about. */
import { z } from 'zod';
import { draftSchema } from './draft-procedures.ts';

/** The bundled demo, a file on this machine, or one that is being written. */
export const recipeSourceSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('demo') }),
  z.strictObject({ kind: z.literal('file'), path: z.string().min(1) }),
  z.strictObject({ kind: z.literal('draft'), recipe: draftSchema }),
]);
export type RecipeSource = z.infer<typeof recipeSourceSchema>;
