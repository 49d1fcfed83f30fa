/** How long a step will take, from what earlier runs of the same model took: known before any step is tried. */
import { ok } from '../../src-shared/contract/coded-error.ts';
import type { PreflightReport } from '../../src-shared/domain/preflight.ts';
import type { Recipe } from '../../src-shared/recipe/schema.ts';
import { recomputesLayers } from '../pipeline/gradient-checkpointing.ts';
import { TIME_UNKNOWN } from '../pipeline/preflight/estimate-memory.ts';
import { number } from '../pipeline/preflight/preflight-facts.ts';
import type { DatasetPreparer, RunStore } from './ports.ts';

/** `pace`: tokens in a second. */
interface PastPace {
  readonly name: string;
  readonly pace: number;
}

/** A preparer whose reports say how long a step takes, where a run of this kind has been. */
export function withExpectedPace(
  preparer: DatasetPreparer,
  store: Pick<RunStore, 'runsOfModel' | 'paceOf'>,
): DatasetPreparer {
  return {
    ...preparer,
    prepare: async (recipe, work) => {
      const prepared = await preparer.prepare(recipe, work);
      if (!prepared.ok) return prepared;
      const { report, hashes } = prepared.value;
      const like = store.runsOfModel(hashes.model).find(past => isAlike(past.recipe, recipe));
      const pace = like === undefined ? null : store.paceOf(like.id);
      if (like === undefined || pace === null) return prepared;
      return ok({ ...prepared.value, report: timedReport(report, recipe, { name: like.name, pace }) });
    },
  };
}

/** The same work for each token, on the same device: what else a recipe says changes little of its pace. */
function isAlike(past: Recipe, recipe: Recipe): boolean {
  const [before, now] = [past, recipe].map(one =>
    JSON.stringify([one.device.backend, one.device.threads, one.adapter.layers, recomputesLayers(one)]),
  );
  return before === now;
}

function timedReport(report: PreflightReport, recipe: Recipe, past: PastPace): PreflightReport {
  const tokens = tokensPerStep(report, recipe);
  if (tokens === 0) return report;
  return {
    ...report,
    estimate: {
      ...report.estimate,
      secondsPerStep: tokens / past.pace,
      assumptions: [
        ...report.estimate.assumptions.filter(assumption => assumption !== TIME_UNKNOWN),
        `Time per step: about ${number(Math.round(tokens))} tokens at ${number(Math.round(past.pace))} a second, as in the run ${past.name} of this model.`,
      ],
    },
  };
}

/** Without padding, which pace does not count either. */
function tokensPerStep({ totals }: PreflightReport, { training, collator }: Recipe): number {
  if (totals.kept === 0) return 0;
  const rows = training.batchSize * training.gradientAccumulationSteps;
  const perRow = collator.strategy === 'pack' ? collator.maxLength : totals.tokens / totals.kept;
  return Math.min(totals.tokens, rows * perRow);
}
