/** The settings of a recipe that a list shows and sorts by. */

/** Null where the recipe has none, as one that could not be read. */
export function listedSettings(recipe: Readonly<Record<string, unknown>>) {
  const batchSize = numberAt(recipe, 'training', 'batchSize');
  const accumulated = numberAt(recipe, 'training', 'gradientAccumulationSteps');
  return {
    rank: numberAt(recipe, 'adapter', 'rank'),
    alpha: numberAt(recipe, 'adapter', 'alpha'),
    learningRate: numberAt(recipe, 'training', 'learningRate'),
    epochs: numberAt(recipe, 'training', 'epochs'),
    examplesPerStep: batchSize === null || accumulated === null ? null : batchSize * accumulated,
  };
}

function numberAt(recipe: Readonly<Record<string, unknown>>, part: string, key: string): number | null {
  const settings = recipe[part];
  if (typeof settings !== 'object' || settings === null) return null;
  const value = (settings as Record<string, unknown>)[key];
  return typeof value === 'number' ? value : null;
}
