/** `luthier labels`, `batches` and `preflight`: everything that is known before weights are loaded. */
import { type Outcome, orThrow } from '../../../../src-shared/contract/coded-error.ts';
import { IGNORE_INDEX } from '../../../../src-shared/domain/labels.ts';
import type { PreflightReport } from '../../../../src-shared/domain/preflight.ts';
import type { Recipe } from '../../../../src-shared/recipe/schema.ts';
import { probeRecipe } from '../../../backend/probe-recipe.ts';
import type { Prepared } from '../../../pipeline/job-results.ts';
import { reportBehind } from '../../../pipeline/preflight/refuse-model.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { openRecipe, type RecipeArgument } from '../open-recipe.ts';
import { reportAsText } from '../report-text.ts';

/** Never gated by preflight: to see why nothing is trained, one has to see it. */
export async function labelsCommand(
  context: CommandContext,
  argument: RecipeArgument,
  limit: number | null,
): Promise<ExitCode> {
  const { output, parts } = context;
  const { prepared } = await prepare(context, argument);
  let shown = 0;
  for (const example of parts.prepared.examples(prepared.preparedPath)) {
    if (limit !== null && shown >= limit) break;
    if (context.signal.aborted) return EXIT.interrupted;
    shown++;
    const { row, dropped, truncatedTokens, method } = example;
    const inputIds = [...example.inputIds];
    const labels = [...example.labels];
    if (output.json) await output.document({ row, inputIds, labels, dropped, truncatedTokens, method });
    const trained = labels.filter(label => label !== IGNORE_INDEX).length;
    await output.text(
      `row ${row}: ${inputIds.length} tokens, ${trained} trained, ${dropped ? `dropped: ${example.problem}` : method}`,
    );
  }
  return EXIT.done;
}

export async function batchesCommand(
  context: CommandContext,
  argument: RecipeArgument,
  limit: number | null,
): Promise<ExitCode> {
  const { output, parts } = context;
  const { prepared, recipe } = await prepare(context, argument);
  let shown = 0;
  for (const { step, batch } of parts.prepared.microBatches(prepared.preparedPath, recipe)) {
    if (limit !== null && shown >= limit) break;
    if (context.signal.aborted) return EXIT.interrupted;
    shown++;
    const rows = (cells: Int32Array) =>
      Array.from({ length: batch.batchSize }, (_, i) => [
        ...cells.subarray(i * batch.length, (i + 1) * batch.length),
      ]);
    if (output.json) {
      await output.document({
        step,
        inputIds: rows(batch.inputIds),
        labels: rows(batch.labels),
        positionIds: rows(batch.positionIds),
        sequenceIds: rows(batch.sequenceIds),
      });
    }
    await output.text(
      `step ${step}: ${batch.batchSize} × ${batch.length}, ${batch.tokens} tokens, ${batch.trainableTokens} trained`,
    );
  }
  return EXIT.done;
}

export async function preflightCommand(
  context: CommandContext,
  argument: RecipeArgument,
  withProbe: boolean,
): Promise<ExitCode> {
  const { output } = context;
  const { recipe, prepared } = await tryPrepare(context, argument);
  const refused = prepared.ok ? null : reportBehind(prepared.error);
  const report = refused ?? (await reportOf(context, recipe, orThrow(prepared), withProbe));
  if (output.json) await output.document(report);
  await output.text(reportAsText(report));
  return report.status === 'blocked' ? EXIT.refused : EXIT.done;
}

async function reportOf(
  { parts, output, signal }: CommandContext,
  recipe: Recipe,
  prepared: Prepared,
  withProbe: boolean,
): Promise<PreflightReport> {
  if (!withProbe) return prepared.report;
  return orThrow(await probeRecipe(parts, recipe, prepared, { signal, onProgress: output.progress }));
}

async function prepare(context: CommandContext, argument: RecipeArgument) {
  const { recipe, prepared } = await tryPrepare(context, argument);
  return { recipe, prepared: orThrow(prepared) };
}

async function tryPrepare(context: CommandContext, argument: RecipeArgument) {
  const { output, parts, signal } = context;
  const recipe = openRecipe(context, argument);
  const prepared: Outcome<Prepared> = await parts.workers.preparer.prepare(recipe, {
    signal,
    onProgress: output.progress,
  });
  return { recipe, prepared };
}
