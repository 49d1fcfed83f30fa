/** Whether a run may go on with a recipe: every key that could change its course must be as it was. */
import type { Recipe } from '../../src-shared/recipe/schema.ts';

/** Paths of inputs are compared by what the files hold, and the rest of these keys leaves the adapter as it is. */
const FREE_KEYS: ReadonlySet<string> = new Set([
  'name',
  'model.path',
  'model.sha256',
  'dataset.path',
  'dataset.validation.path',
  'template.path',
  'device.threads',
  'training.checkpointEverySteps',
  'training.keepCheckpoints',
  'training.sampleEverySteps',
  'training.samplePrompts',
  'preflight.allow',
]);

/** One line per key that differs: `training.epochs: the run has 3, the recipe 5`. */
export function compareForResume(run: Recipe, recipe: Recipe): string[] {
  const before = leavesOf(run, '');
  const now = leavesOf(recipe, '');
  const keys = [...new Set([...before.keys(), ...now.keys()])];
  return keys
    .filter(key => !FREE_KEYS.has(key) && before.get(key) !== now.get(key))
    .map(
      key => `${key}: the run has ${before.get(key) ?? 'nothing'}, the recipe ${now.get(key) ?? 'nothing'}`,
    );
}

/** Values as JSON text, by dotted key; a list is one value. */
function leavesOf(value: unknown, key: string): Map<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return new Map([[key, JSON.stringify(value)]]);
  }
  const leaves = new Map<string, string>();
  for (const [name, item] of Object.entries(value)) {
    for (const [path, text] of leavesOf(item, key === '' ? name : `${key}.${name}`)) leaves.set(path, text);
  }
  return leaves;
}

/** What a template prints as today stays the day of the run's start. */
export function withDateOf(stored: Recipe, given: Recipe): Recipe {
  const date = given.template.date ?? stored.template.date;
  return { ...given, template: { ...given.template, date } };
}
