/** Recipe keys that this build knows and cannot act on yet: refused with their names, never ignored. */
import type { CodedError } from '../../src-shared/contract/coded-error.ts';
import type { Recipe } from '../../src-shared/recipe/schema.ts';

interface Unsupported {
  readonly path: string;
  readonly found: (recipe: Recipe) => unknown;
  readonly isUsed: (recipe: Recipe) => boolean;
}

const UNSUPPORTED: readonly Unsupported[] = [
  {
    path: 'device.backend',
    found: r => r.device.backend,
    isUsed: r => r.device.backend !== 'auto' && r.device.backend !== 'cpu',
  },
];

/** Null where this build can train what the recipe asks for. Error: `recipe.unsupported`. */
export function refuseUnsupported(recipe: Recipe): CodedError | null {
  const used = UNSUPPORTED.filter(key => key.isUsed(recipe));
  if (used.length === 0) return null;
  const found = used.map(key => `${key.path}: ${JSON.stringify(key.found(recipe))}`);
  return {
    code: 'recipe.unsupported',
    title:
      used.length === 1
        ? 'The recipe asks for 1 thing that is missing here.'
        : `The recipe asks for ${used.length} things that are missing here.`,
    cause: `This version of Luthier cannot do ${found.join('; ')}.`,
    remedy: 'Take these keys out of the recipe, or use a later version.',
    details: { keys: used.map(key => key.path) },
  };
}
