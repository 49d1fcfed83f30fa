/** Changes of training keys: each is put through the very checks again, so that its label holds. */
import type { Fix } from '../../../src-shared/domain/preflight.ts';
import { type PlanOptions, planTraining } from '../batches/training-plan.ts';
import { changeRecipe, type RecipeChange } from './change-recipe.ts';
import { checkRun, gibibytes } from './check-run.ts';
import { estimateMemory } from './estimate-memory.ts';
import { number, type Verdict } from './preflight-facts.ts';
import type { RunFacts } from './run-facts.ts';

/** The fixes of one verdict of `checkRun`. */
export function runFixes(verdict: Verdict, facts: RunFacts): Fix[] {
  if (verdict.severity !== 'error' && verdict.severity !== 'warning') return [];
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
  return memoryChanges(facts).flatMap(one => tryChange(one, verdict, facts));
}

/** Least harm first: what changes no result, then what changes it little, then what takes something away. */
function memoryChanges({ recipe }: RunFacts): RecipeChange[] {
  const { training, adapter } = recipe;
  const changes: RecipeChange[] = [];
  if (training.gradientCheckpointing !== 'on') {
    changes.push(
      change('training.gradientCheckpointing', 'Gradient checkpointing', {
        'training.gradientCheckpointing': 'on',
      }),
    );
  }
  for (let batch = Math.floor(training.batchSize / 2); batch >= 1; batch = Math.floor(batch / 2)) {
    const accumulation = Math.round((training.batchSize * training.gradientAccumulationSteps) / batch);
    changes.push(
      change(`training.batchSize.${batch}`, `Batches of ${batch}, ${accumulation} of them per step`, {
        'training.batchSize': batch,
        'training.gradientAccumulationSteps': accumulation,
      }),
    );
    if (training.gradientCheckpointing !== 'on' && batch === 1) {
      changes.push(
        change(
          'training.batchSize.checkpointed',
          `Batches of 1, ${accumulation} of them per step, and gradient checkpointing`,
          {
            'training.batchSize': 1,
            'training.gradientAccumulationSteps': accumulation,
            'training.gradientCheckpointing': 'on',
          },
        ),
      );
    }
  }
  for (let rank = Math.floor(adapter.rank / 2); rank >= 4; rank = Math.floor(rank / 2)) {
    changes.push(
      change(`adapter.rank.${rank}`, `Rank ${rank}`, {
        'adapter.rank': rank,
        'adapter.alpha': (adapter.alpha * rank) / adapter.rank,
      }),
    );
  }
  return changes;
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
    ? `${gibibytes(memoryBytes)} are needed`
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
