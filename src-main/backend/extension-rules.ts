/** When a run may go on for longer than it was meant to, and what that does to its learning rate. Pure. */
import type { CodedError } from '../../src-shared/contract/coded-error.ts';
import { learningRateFactor } from '../../src-shared/domain/learning-rate.ts';
import type { RunLength } from '../../src-shared/domain/run.ts';
import type { Recipe } from '../../src-shared/recipe/schema.ts';
import type { RunBrief } from './ports.ts';

export function withLength(recipe: Recipe, length: RunLength): Recipe {
  const training =
    'epochs' in length ? { epochs: length.epochs, maxSteps: null } : { maxSteps: length.maxSteps };
  return { ...recipe, training: { ...recipe.training, ...training } };
}

/** Errors: `extend.notLonger`, `extend.noCheckpoint`. */
export function refuseExtension(
  { name, plannedSteps }: Pick<RunBrief, 'name' | 'plannedSteps'>,
  wantedSteps: number,
  checkpointStep: number,
): CodedError | null {
  if (wantedSteps <= plannedSteps) {
    return {
      code: 'extend.notLonger',
      title: 'The run would not become longer.',
      cause: `${name} has ${plannedSteps} steps in all, and ${wantedSteps} are asked for.`,
      remedy: 'Ask for more epochs or steps: all of the run count, not only the new ones.',
    };
  }
  if (checkpointStep > 0) return null;
  return {
    code: 'extend.noCheckpoint',
    title: 'The run has no checkpoint to go on from.',
    cause: `No whole checkpoint of ${name} is left in its folder.`,
    remedy: 'Start a new run that begins with its adapter: adapter.init.',
  };
}

/**
 * Why the recipe of a run that was extended does not give the run again, or null where it does: with a constant rate and
 * no early stopping, the longer run takes the very steps.
 */
export function whyNotRepeated(
  name: string,
  training: Recipe['training'],
  warnings: readonly { readonly code: string; readonly message: string }[],
): string | null {
  if (!warnings.some(({ code }) => code === EXTENDED)) return null;
  const reasons = [
    ...(training.scheduler === 'constant'
      ? []
      : [
          'its first steps had the learning rates of a shorter run, and now they have those of the whole one',
        ]),
    ...(training.earlyStoppingPatience === 0
      ? []
      : ['early stopping may end it where the extension went on']),
  ];
  if (reasons.length === 0) return null;
  return `${name} was extended while it was trained. Trained in one go, ${reasons.join(', and ')}.`;
}

const EXTENDED = 'run.extended';

/** Stays with the run among its warnings: from there on it is no longer one that was planned as it is. */
export function noteOfExtension(
  training: Recipe['training'],
  fromStep: number,
  before: number,
  now: number,
): { readonly code: string; readonly message: string } {
  const { learningRate, scheduler, warmupSteps } = training;
  const rateOf = (step: number, total: number) =>
    (learningRate * learningRateFactor(scheduler, step - 1, warmupSteps, total)).toExponential(2);
  const rates =
    scheduler === 'constant'
      ? 'The learning rate stays as it was.'
      : `The learning rate is that of a run of ${now} steps from there on: ${rateOf(fromStep + 1, now)} in step ${fromStep + 1}, after ${rateOf(fromStep, before)} in step ${fromStep}. The result is not that of a run of ${now} steps from the start.`;
  return {
    code: EXTENDED,
    message: `Extended at step ${fromStep}, from ${before} to ${now} steps in all. ${rates}`,
  };
}
