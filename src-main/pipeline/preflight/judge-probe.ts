/** What a real step says of a run: two checks, and measured figures in place of estimated ones. */
import type { Check, PreflightReport } from '../../../src-shared/domain/preflight.ts';
import type { Recipe } from '../../../src-shared/recipe/schema.ts';
import type { ProbeFindings } from '../job-results.ts';
import { worstFirst } from './check-dataset.ts';
import { fires, memoryAmount, number, passes, type Verdict } from './preflight-facts.ts';

export function withProbe(report: PreflightReport, recipe: Recipe, found: ProbeFindings): PreflightReport {
  const allowed = new Set(recipe.preflight.allow);
  const probed = [judgeLoss(found), judgeGradient(found)].map((verdict): Check => {
    const isAllowed = verdict.severity === 'error' && allowed.has(verdict.id);
    return { ...verdict, fixes: [], ...(isAllowed ? { allowed: true } : {}) };
  });
  const checks = worstFirst([...report.checks, ...probed]);
  const { memoryBytes, secondsPerStep } = found;
  return {
    ...report,
    status: checks.some(check => check.severity === 'error' && !check.allowed) ? 'blocked' : 'ready',
    checks,
    estimate: {
      memoryBytes,
      secondsPerStep,
      assumptions: [
        `Measured: the peak of a trainer that took ${found.lossesAfterSteps.length} steps on the largest micro-batch of an epoch and the run's first step (${memoryAmount(report.estimate.memoryBytes)} were estimated).`,
        `Measured: the run's first step took ${secondsPerStep.toFixed(2)} s on this machine as it is loaded now.`,
        ...found.warnings,
      ],
    },
  };
}

/** A model that knows nothing has the loss ln(vocabulary); twice that is no language model of this vocabulary. */
function judgeLoss({ loss, vocabularySize, labelsCounted, labelsSeen, rows }: ProbeFindings): Verdict {
  const id = 'probe.loss';
  const most = 2 * Math.log(vocabularySize);
  const ofBatch = { count: rows.length, rows };
  if (!Number.isFinite(loss)) {
    return fires(
      id,
      'error',
      'The loss of a real batch is no number.',
      'The weights or the template are broken.',
      ofBatch,
    );
  }
  if (labelsSeen !== labelsCounted) {
    const cause = `The dataset holds ${number(labelsCounted)} trained tokens in the batch, the trainer saw ${number(labelsSeen)}.`;
    return fires(id, 'error', 'The trainer does not see the labels of the dataset.', cause, ofBatch);
  }
  if (loss > most) {
    const cause = `It is ${loss.toFixed(2)}; guessing among ${number(vocabularySize)} tokens gives ${(most / 2).toFixed(2)}. The model file does not fit its tokenizer, or the data is no text that it knows.`;
    return fires(id, 'error', 'The loss of a real batch is too high.', cause, ofBatch);
  }
  return passes(
    id,
    `A real batch has the loss ${loss.toFixed(3)} over ${number(labelsSeen)} trained tokens.`,
    `Guessing would give ${(most / 2).toFixed(2)}.`,
  );
}

function judgeGradient({
  loss,
  lossesAfterSteps,
  weightsWithoutGradient,
  adaptedWeights,
}: ProbeFindings): Verdict {
  const id = 'probe.gradient';
  if (weightsWithoutGradient.length > 0) {
    const named = weightsWithoutGradient.slice(0, 5).join(', ');
    return fires(
      id,
      'error',
      `${number(weightsWithoutGradient.length)} of ${number(adaptedWeights)} adapted weights get no gradient.`,
      `Nothing would be learnt in ${named}${weightsWithoutGradient.length > 5 ? ' and others' : ''}.`,
    );
  }
  const last = lossesAfterSteps.at(-1) ?? Number.NaN;
  const course = `${loss.toFixed(4)} → ${last.toFixed(4)} in ${lossesAfterSteps.length} steps at the rate 0.001`;
  if (!(last < loss)) {
    return fires(id, 'error', 'The loss of one batch does not fall when it is trained on.', `${course}.`);
  }
  return passes(id, `Every adapted weight gets a gradient, and the loss of one batch falls.`, `${course}.`);
}
