/** How long a step will take, from what earlier runs of the same model took: known before any step is tried. */
import type { PreflightReport } from '../../src-shared/domain/preflight.ts';
import type { Recipe } from '../../src-shared/recipe/schema.ts';
import { recomputesLayers } from '../pipeline/gradient-checkpointing.ts';
import { TIME_UNKNOWN } from '../pipeline/preflight/estimate-memory.ts';
import { number } from '../pipeline/preflight/preflight-facts.ts';
import type { DatasetPreparer, PastPace, RunStore } from './ports.ts';

/** A preparer whose reports say how long a step takes, where a run of this kind has been. */
export function withExpectedPace(preparer: DatasetPreparer, store: Pick<RunStore, 'paces'>): DatasetPreparer {
  return {
    ...preparer,
    prepare: async (recipe, work) => {
      const prepared = await preparer.prepare(recipe, work);
      if (!prepared.ok) return prepared;
      const { report, hashes } = prepared.value;
      const like = store.paces(hashes.model).find(past => isAlike(past.recipe, recipe));
      const timed = like === undefined ? report : timedReport(report, recipe, like);
      return { ok: true, value: { ...prepared.value, report: timed } };
    },
  };
}

/** The same work for each token, on the same device: what else a recipe says changes little of its pace. */
function isAlike(past: Recipe, recipe: Recipe): boolean {
  const kindOf = ({ device, adapter, training, collator }: Recipe) =>
    JSON.stringify([
      device.backend,
      device.threads,
      adapter.layers,
      recomputesLayers({ ...recipe, training, collator }),
    ]);
  return kindOf(past) === kindOf(recipe);
}

function timedReport(report: PreflightReport, recipe: Recipe, past: PastPace): PreflightReport {
  const tokens = tokensPerStep(report, recipe);
  if (tokens === 0) return report;
  const pace = Math.round(past.tokensPerSecond);
  return {
    ...report,
    estimate: {
      ...report.estimate,
      secondsPerStep: tokens / past.tokensPerSecond,
      assumptions: [
        ...report.estimate.assumptions.filter(assumption => assumption !== TIME_UNKNOWN),
        `Time per step: about ${number(Math.round(tokens))} tokens at ${number(pace)} a second, as in the run ${past.name} of this model.`,
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
