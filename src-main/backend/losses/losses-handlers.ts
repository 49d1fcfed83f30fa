/** The procedures of the worst rows. */
import { type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { LOSSES_PROCEDURES } from '../../../src-shared/contract/losses-procedures.ts';
import type { ProcedureInput, ProcedureOutput } from '../../../src-shared/contract/procedures.ts';
import type { LossSplit } from '../../../src-shared/domain/row-losses.ts';
import type { Recipe } from '../../../src-shared/recipe/schema.ts';
import type { BackendParts } from '../backend-parts.ts';
import { findRun } from '../find-run.ts';
import { measureLosses, showLosses, tokenLosses } from './measure-losses.ts';

type LossesHandlers = {
  readonly [N in keyof typeof LOSSES_PROCEDURES]: (
    input: ProcedureInput<N>,
    signal: AbortSignal,
  ) => Promise<Outcome<ProcedureOutput<N>>>;
};

export function createLossesHandlers(parts: BackendParts): LossesHandlers {
  return {
    'losses.show': async input => {
      const found = findRun(parts, input.id);
      if (!found.ok) return found;
      const report = await showLosses(parts, input);
      if (!report.ok) return report;
      const { run, recipe } = found.value;
      const hasValidation = recipe.dataset.validation !== 'none';
      return ok({
        name: run.name,
        recipe: recipeOfSplit(recipe, input.split),
        hasValidation,
        report: report.value,
      });
    },
    'losses.measure': async ({ workId, ...request }, signal) => {
      const onProgress = parts.events.throttledProgress(workId);
      const report = await measureLosses(parts, request, { signal, onProgress });
      return report.ok ? ok({ report: report.value }) : report;
    },
    'losses.tokens': async ({ row, part, ...request }) => {
      const tokens = await tokenLosses(parts, request, [{ row, part }]);
      return tokens.ok ? ok(tokens.value[0] ?? { ids: [], losses: [] }) : tokens;
    },
  };
}

/** Rows that were held back are counted in the validation file, where the recipe names one. */
function recipeOfSplit(recipe: Recipe, split: LossSplit): Recipe {
  const { dataset } = recipe;
  const { validation } = dataset;
  if (split === 'training' || validation === 'none' || !('path' in validation)) return recipe;
  return { ...recipe, dataset: { ...dataset, path: validation.path, validation: 'none', limit: null } };
}
