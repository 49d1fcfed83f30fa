/** Values of a recipe by their dotted keys, as fixes and faults name them; a change makes a new recipe. */
import { recipeSchema } from '../../src-shared/recipe/schema.ts';

/** A recipe that is being written: every key is there, and what was typed may be wrong. */
export type DraftRecipe = Readonly<Record<string, unknown>>;

/** All defaults, without model and data. */
export function emptyRecipe(): DraftRecipe {
  const { model, dataset, ...rest } = recipeSchema.parse({
    version: 1,
    model: { path: '?' },
    dataset: { path: '?' },
  });
  return { ...rest, model: { ...model, path: '' }, dataset: { ...dataset, path: '' } };
}

export function valueAt(recipe: DraftRecipe, key: string): unknown {
  let value: unknown = recipe;
  for (const part of key.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  return value;
}

export function withValue(recipe: DraftRecipe, key: string, value: unknown): DraftRecipe {
  const [first = '', ...rest] = key.split('.');
  if (rest.length === 0) return { ...recipe, [first]: value };
  const below = recipe[first];
  const section = typeof below === 'object' && below !== null && !Array.isArray(below) ? below : {};
  return { ...recipe, [first]: withValue(section as DraftRecipe, rest.join('.'), value) };
}

/** Several keys at once, as a fix of preflight sets them. */
export function withValues(recipe: DraftRecipe, set: Readonly<Record<string, unknown>>): DraftRecipe {
  return Object.entries(set).reduce((done, [key, value]) => withValue(done, key, value), recipe);
}
