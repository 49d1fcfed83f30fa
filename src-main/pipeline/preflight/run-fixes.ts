/** Changes of training keys: each is put through the very checks again, so that its label holds. */
import type { Fix } from '../../../src-shared/domain/preflight.ts';
import { type PlanOptions, planTraining } from '../batches/training-plan.ts';
import { changeRecipe, type RecipeChange } from './change-recipe.ts';
import { adapterFixes } from './check-adapter.ts';
import { checkRun } from './check-run.ts';
import { estimateMemory } from './estimate-memory.ts';
import { memoryAmount, number, type Verdict } from './preflight-facts.ts';
import type { RunFacts } from './run-facts.ts';

/** The fixes of one verdict of `checkRun`. */
export function runFixes(verdict: Verdict, facts: RunFacts): Fix[] {
  if (verdict.severity !== 'error' && verdict.severity !== 'warning') return [];
  if (verdict.id.startsWith('adapter.')) return adapterFixes(verdict, facts);
  const { training } = facts.recipe;
  if (verdict.id === 'data.small') {
    const { stepsPerEpoch, steps } = facts.plan;
    if (steps >= stepsPerEpoch) return [];
    const changes: RecipeChange[] =
      training.maxSteps === null
        ? [change('training.epochs', 'One epoch', { 'training.epochs': 1 })]
        : [
            change('training.maxSteps', `maxSteps ${number(stepsPerEpoch)}`, {
              'training.maxSteps': stepsPerEpoch,
            }),
            change('training.epochs', `No maxSteps, ${training.epochs} epochs`, {
              'training.maxSteps': null,
              'training.epochs': Math.max(1, training.epochs),
            }),
          ];
    return changes.flatMap(one => tryChange(one, verdict, facts));
  }
  if (verdict.id !== 'memory.exceeds') return [];
  const firstOf = (changes: readonly RecipeChange[]) => {
    const fixes = changes.flatMap(one => tryChange(one, verdict, facts));
    const best = fixes.find(fix => fix.promise?.severity === 'ok') ?? fixes[0];
    return best ? [best] : [];
  };
  const [checkpointing, smaller, both, lowerRank] = memoryChanges(facts).map(firstOf);
  const mild = [...(checkpointing ?? []), ...(smaller ?? [])];
  if (mild.length > 0) return mild;
  return both && both.length > 0 ? both : (lowerRank ?? []);
}

/**
 * By harm: what is only slower; smaller batches with the same sum per step; both; and, since it takes from what the
 * adapter can learn, a lower rank last. Within each, the smallest change comes first.
 */
function memoryChanges({ recipe }: RunFacts): readonly (readonly RecipeChange[])[] {
  const { training, adapter } = recipe;
  const isOn = training.gradientCheckpointing === 'on';
  const recomputed = { 'training.gradientCheckpointing': 'on' };
  const smaller = halvesOf(training.batchSize, 1).map(batch => ({ batch, ...splitBatch(training, batch) }));
  const smallest = smaller.at(-1) ?? { batch: training.batchSize, words: 'The same batches', set: {} };
  const ranks = halvesOf(adapter.rank, LOWEST_RANK);
  return [
    isOn ? [] : [change('training.gradientCheckpointing', 'Gradient checkpointing', recomputed)],
    smaller.map(({ batch, words, set }) => change(`training.batchSize.${batch}`, words, set)),
    isOn || smaller.length === 0
      ? []
      : [
          change('training.batchSize.recomputed', `${smallest.words}, and gradient checkpointing`, {
            ...smallest.set,
            ...recomputed,
          }),
        ],
    ranks.map(rank =>
      change(`adapter.rank.${rank}`, `${smallest.words}, gradient checkpointing and rank ${rank}`, {
        ...smallest.set,
        ...recomputed,
        'adapter.rank': rank,
        'adapter.alpha': (adapter.alpha * rank) / adapter.rank,
      }),
    ),
  ];
}

const LOWEST_RANK = 4;

/** The same examples per step, in more and smaller batches. */
function splitBatch(training: RunFacts['recipe']['training'], batch: number) {
  const accumulation = Math.round((training.batchSize * training.gradientAccumulationSteps) / batch);
  return {
    words: `Batches of ${batch}, ${number(accumulation)} of them per step`,
    set: { 'training.batchSize': batch, 'training.gradientAccumulationSteps': accumulation },
  };
}

function halvesOf(value: number, lowest: number): number[] {
  const halves: number[] = [];
  for (let half = Math.floor(value / 2); half >= lowest; half = Math.floor(half / 2)) halves.push(half);
  return halves;
}

function tryChange(one: RecipeChange, verdict: Verdict, facts: RunFacts): Fix[] {
  const recipe = changeRecipe(facts.recipe, one.set);
  if (recipe === null) return [];
  const plan = planTraining(planOptions(facts, recipe));
  const changed: RunFacts = { ...facts, recipe, plan };
  const after = checkRun(changed).find(({ id }) => id === verdict.id);
  if (!after || after.severity === 'error') return [];
  if (after.severity === verdict.severity && after.count >= verdict.count) return [];
  const { memoryBytes } = estimateMemory(changed);
  const isMemory = verdict.id === 'memory.exceeds';
  const effect = isMemory
    ? `${memoryAmount(memoryBytes)} are needed`
    : `${number(plan.steps)} steps, every training example is seen`;
  return [
    {
      id: one.id,
      label: `${one.words}: ${effect}`,
      set: { ...one.set },
      promise: {
        severity: after.severity,
        count: after.count,
        ...(isMemory ? { memoryBytes } : { steps: plan.steps }),
        tried: facts.totals.examples,
        examples: facts.totals.examples,
      },
    },
  ];
}

function planOptions({ trainingLengths }: RunFacts, recipe: RunFacts['recipe']): PlanOptions {
  return { ...recipe.training, ...recipe.collator, lengths: trainingLengths };
}

function change(id: string, words: string, set: RecipeChange['set']): RecipeChange {
  return { id, words, set };
}
