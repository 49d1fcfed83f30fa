/** A command's recipe: the file, with the keys that `--set key=value` puts over it. */
import { CodedException, orThrow } from '../../../src-shared/contract/coded-error.ts';
import type { Recipe } from '../../../src-shared/recipe/schema.ts';
import type { RecipeOverride } from '../../backend/backend-parts.ts';
import type { CommandContext } from './command-context.ts';

/** Which recipe a command is about. */
export interface RecipeArgument {
  readonly path: string;
  /** `key=value`, the last of a key wins. */
  readonly set: readonly string[];
}

/** Throws a CodedException: `arguments.invalid`, and those of `loadRecipe`. */
export function openRecipe({ parts, at }: CommandContext, { path, set }: RecipeArgument): Recipe {
  return orThrow(parts.loadRecipe(at(path), set.map(parseOverride)));
}

function parseOverride(text: string): RecipeOverride {
  const at = text.indexOf('=');
  if (at > 0) return { key: text.slice(0, at), value: text.slice(at + 1) };
  throw new CodedException({
    code: 'arguments.invalid',
    title: 'The arguments do not fit.',
    cause: `--set ${text} has no = between key and value.`,
    remedy: 'Write for example --set training.epochs=1.',
  });
}
