/** Whether the model has what the adapter is to change: its target modules, and as many layers. */
import type { Fix } from '../../../src-shared/domain/preflight.ts';
import { nearestName } from '../../../src-shared/recipe/nearest-name.ts';
import { resolveTargets } from '../adapter-targets.ts';
import { changeRecipe } from './change-recipe.ts';
import { fires, number, passes, type Verdict } from './preflight-facts.ts';
import type { RunFacts } from './run-facts.ts';

type AdapterFacts = Pick<RunFacts, 'recipe' | 'model'>;

/** Nothing for a file without weights: it cannot be trained, whatever the adapter is. */
export function checkAdapter(facts: AdapterFacts): Verdict[] {
  return facts.model.parameters === 0 ? [] : [checkTargets(facts), checkLayers(facts)];
}

function checkTargets({ recipe, model }: AdapterFacts): Verdict {
  const id = 'adapter.targetUnknown';
  const { modules, unknown } = resolveTargets(recipe.adapter.targetModules, model.targetModules);
  const has = `The model has ${model.targetModules.join(', ')}.`;
  if (unknown.length === 0) return passes(id, `The adapter targets ${modules.join(', ')}.`);
  const hints = unknown.flatMap(name => {
    const nearest = nearestName(name, model.targetModules);
    return nearest === null ? [] : [`For ${name}, did you mean ${nearest}?`];
  });
  const remedy = 'Take out of adapter.targetModules what the model has not.';
  return fires(
    id,
    'error',
    `The model has no weights called ${unknown.join(', ')}.`,
    [`adapter.targetModules names them.`, has, ...hints, remedy].join(' '),
  );
}

function checkLayers({ recipe, model }: AdapterFacts): Verdict {
  const id = 'adapter.layersBeyond';
  const { layers } = recipe.adapter;
  if (layers === 'all' || layers.last <= model.layers) {
    const count = layers === 'all' ? model.layers : layers.last;
    return passes(id, `${number(count)} of ${number(model.layers)} layers get an adapter.`);
  }
  return fires(
    id,
    'error',
    `adapter.layers asks for the last ${number(layers.last)} layers, the model has ${number(model.layers)}.`,
    `Set adapter.layers to all, or adapter.layers.last to ${number(model.layers)} or less.`,
  );
}

/** One change that mends the verdict, if there is one. */
export function adapterFixes(verdict: Verdict, { recipe, model, totals }: RunFacts): Fix[] {
  const change = changeFor(verdict, { recipe, model });
  const changed = change === null ? null : changeRecipe(recipe, change.set);
  if (change === null || changed === null) return [];
  const after = checkAdapter({ recipe: changed, model }).find(({ id }) => id === verdict.id);
  if (after?.severity !== 'ok') return [];
  return [
    {
      ...change,
      promise: { severity: 'ok', count: 0, tried: totals.examples, examples: totals.examples },
    },
  ];
}

function changeFor({ id, severity }: Verdict, { recipe, model }: AdapterFacts) {
  if (severity !== 'error') return null;
  if (id === 'adapter.layersBeyond') {
    return {
      id: 'adapter.layers.all',
      label: `Adapt all layers: ${number(model.layers)} layers get an adapter`,
      set: { 'adapter.layers': 'all' },
    };
  }
  const { modules, unknown } = resolveTargets(recipe.adapter.targetModules, model.targetModules);
  const nearest = unknown.map(name => nearestName(name, model.targetModules));
  const targets = model.targetModules.filter(name => modules.includes(name) || nearest.includes(name));
  if (targets.length === 0) return null;
  return {
    id: 'adapter.targetModules',
    label: `Name modules that the model has: ${targets.join(', ')} get an adapter`,
    set: { 'adapter.targetModules': targets },
  };
}
