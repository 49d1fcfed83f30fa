/** The training loop: step after step, what is due after each, and how the run ends. */
import { type CodedError, fail, type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { RunError } from '../../../src-shared/domain/training.ts';
import type { Recipe } from '../../../src-shared/recipe/schema.ts';
import { type PlannedBatches, planBatches } from '../../adapters/prepared/prepared-batches.ts';
import type { PlannedStep } from '../../pipeline/batches/training-plan.ts';
import { evaluate, evaluationIsDue } from './evaluate.ts';
import type { RunKeeper } from './keep-run.ts';
import { afterEvaluation, afterUpdate, type RunPosition } from './run-position.ts';
import type { Session } from './session.ts';
import { takeStep } from './take-step.ts';

export interface StepsEnded {
  readonly status: 'completed' | 'stopped' | 'failed';
  readonly steps: number;
  readonly error: RunError | null;
}

/**
 * Runs the planned steps behind a position, or until a stop request, a fault, or the end of the recipe's
 * patience. A stop within a step drops that step's gradient, and keeps a checkpoint of the steps before it.
 * Error: `training.noValidation`.
 */
export async function runSteps(
  session: Session,
  from: RunPosition,
  elapsedBeforeMs: number,
): Promise<StepsEnded> {
  const { dataset, recipe, keeper, context } = session;
  if (recipe.training.earlyStoppingPatience > 0 && dataset.indicesOf('validation').length === 0) {
    return failedBecause(noValidation(), from);
  }
  const plan = planBatches(dataset, recipe);
  const startedAt = performance.now() - elapsedBeforeMs;
  const elapsedMs = () => performance.now() - startedAt;
  let position = from;
  if (hasLostPatience(position, recipe)) return completed(session, position);
  for (const { planned, batches } of plan.inOrder(from.isStepUnfinished ? from.step - 1 : from.step)) {
    const isRepeated = planned.step === from.step;
    if (!isRepeated) {
      context.enter('training');
      const taken = await takeStep(session, planned, batches, plan.steps, elapsedMs);
      if (!taken.ok) return failedAt(planned, taken.error, plan, position);
      if (taken.value === 'stopped') return await stopAt(keeper, position, elapsedMs());
      position = afterUpdate(position, planned.step);
    }
    const followed = await followUp(session, planned, plan, position);
    if (!followed.ok) return failedAt(planned, followed.error, plan, position);
    if (followed.value === 'stopped') return await stopAt(keeper, position, elapsedMs());
    position = followed.value;
    const isLast = planned.step === plan.steps || hasLostPatience(position, recipe);
    if (isLast || isDue(recipe.training.checkpointEverySteps, planned.step)) {
      const kept = await keeper.checkpoint(position, elapsedMs());
      if (!kept.ok) return failedBecause(kept.error, position);
    }
    if (isLast) break;
  }
  context.log(`${position.step} steps are done`);
  return completed(session, position);
}

/** What is due after an update: evaluation, then samples. Gives the position after both. */
async function followUp(
  session: Session,
  planned: PlannedStep,
  plan: PlannedBatches,
  position: RunPosition,
): Promise<Outcome<RunPosition | 'stopped'>> {
  const { recipe, keeper, context } = session;
  const { training } = recipe;
  let next = position;
  if (evaluationIsDue(planned, recipe, plan.steps)) {
    const evaluated = await evaluateAndKeepBest(session, plan, position);
    if (!evaluated.ok || evaluated.value === 'stopped') return evaluated;
    next = evaluated.value;
  }
  if (isDue(training.sampleEverySteps, planned.step) && training.samplePrompts.length > 0) {
    context.enter('sampling');
    const lent = await keeper.lendAdapter(adapterPath =>
      context.request({ kind: 'sample', step: planned.step, adapterPath }),
    );
    if (!lent.ok) return lent;
    if (context.signal.aborted) return ok('stopped');
  }
  return ok({ ...next, isStepUnfinished: false });
}

function isDue(everySteps: number, step: number): boolean {
  return everySteps > 0 && step % everySteps === 0;
}

function hasLostPatience(position: RunPosition, { training }: Recipe): boolean {
  const { earlyStoppingPatience } = training;
  return (
    earlyStoppingPatience > 0 &&
    !position.isStepUnfinished &&
    position.evaluationsWithoutGain >= earlyStoppingPatience
  );
}

function completed({ recipe, context }: Session, position: RunPosition): StepsEnded {
  if (hasLostPatience(position, recipe) && position.best !== null) {
    const { step, loss } = position.best;
    context.emit({
      type: 'warning',
      code: 'training.stoppedEarly',
      message: `Stopped at step ${position.step}: ${position.evaluationsWithoutGain} evaluations in a row brought nothing better than the loss ${loss.toFixed(4)} of step ${step}.`,
    });
  }
  return { status: 'completed', steps: position.step, error: null };
}

async function evaluateAndKeepBest(
  { trainer, keeper, context }: Session,
  plan: PlannedBatches,
  position: RunPosition,
): Promise<Outcome<RunPosition | 'stopped'>> {
  context.enter('evaluating');
  const evaluated = await evaluate(trainer, plan.forEvaluation(), position.step, context.signal);
  if (!evaluated.ok) return evaluated;
  if (evaluated.value === 'stopped') return ok('stopped');
  if (evaluated.value === null) return ok(position);
  if (!Number.isFinite(evaluated.value.loss)) return fail(evaluationNotFinite(evaluated.value.loss));
  const next = afterEvaluation(position, evaluated.value.loss);
  if (next.best?.step === position.step) {
    const saved = await keeper.saveBest();
    if (!saved.ok) return saved;
  }
  context.emit({ type: 'evaluation', ...evaluated.value });
  return ok(next);
}

async function stopAt(keeper: RunKeeper, position: RunPosition, elapsedMs: number): Promise<StepsEnded> {
  const kept = await keeper.checkpoint(position, elapsedMs);
  if (!kept.ok) return failedBecause(kept.error, position);
  return { status: 'stopped', steps: position.step, error: null };
}

/** Names the step and its rows, so that the data behind a fault can be looked at. */
function failedAt(
  planned: PlannedStep,
  error: CodedError,
  plan: PlannedBatches,
  position: RunPosition,
): StepsEnded {
  const rows = plan.rowsOf(planned).sort((a, b) => a - b);
  const more = rows.length > 20 ? ` and ${rows.length - 20} more` : '';
  const where = `Step ${planned.step}, rows ${rows.slice(0, 20).join(', ')}${more}`;
  return failedBecause({ ...error, cause: `${where}: ${error.cause}` }, position);
}

function failedBecause({ code, title, cause, remedy }: CodedError, position: RunPosition): StepsEnded {
  return { status: 'failed', steps: position.step, error: { code, title, cause, remedy } };
}

function evaluationNotFinite(loss: number): CodedError {
  return {
    code: 'loss.notFinite',
    title: 'The loss is not a number any more.',
    cause: `The evaluation gave ${loss}.`,
    remedy: 'Lower training.learningRate, and look at the validation examples.',
  };
}

function noValidation(): CodedError {
  return {
    code: 'training.noValidation',
    title: 'There is nothing to evaluate on.',
    cause: 'training.earlyStoppingPatience compares evaluations, and no example is held back for validation.',
    remedy: 'Set dataset.validation, or set training.earlyStoppingPatience to 0.',
  };
}
