/** A change of recipe keys that may mend a check, before and after it was tried. */
import { parseRecipe } from '../../../src-shared/recipe/faults.ts';
import type { Recipe } from '../../../src-shared/recipe/schema.ts';

export interface RecipeChange {
  /** One per check. */
  readonly id: string;
  /** What it does to the recipe, the first half of a fix's label: "Map role gpt to assistant". */
  readonly words: string;
  /** Dotted keys, as `--set` takes them. */
  readonly set: Readonly<Record<string, unknown>>;
}

/** Null where the changed recipe is not valid. */
export function changeRecipe(recipe: Recipe, set: RecipeChange['set']): Recipe | null {
  const changed = JSON.parse(JSON.stringify(recipe)) as Record<string, unknown>;
  for (const [key, value] of Object.entries(set)) {
    const path = key.split('.');
    const last = path.pop() ?? key;
    let at = changed;
    for (const name of path) {
      if (typeof at[name] !== 'object' || at[name] === null) at[name] = {};
      at = at[name] as Record<string, unknown>;
    }
    at[last] = value;
  }
  const parsed = parseRecipe(changed);
  return parsed.ok ? parsed.recipe : null;
}
