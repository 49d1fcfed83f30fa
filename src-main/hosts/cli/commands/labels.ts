/** `luthier labels`, `batches` and `preflight`: everything that is known before weights are loaded. */
import { orThrow } from '../../../../src-shared/contract/coded-error.ts';
import { IGNORE_INDEX } from '../../../../src-shared/domain/labels.ts';
import type { PreflightReport } from '../../../../src-shared/domain/preflight.ts';
import type { Prepared } from '../../../pipeline/job-results.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { openRecipe, type RecipeArgument } from '../open-recipe.ts';

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
    output.text(
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
    output.text(
      `step ${step}: ${batch.batchSize} × ${batch.length}, ${batch.tokens} tokens, ${batch.trainableTokens} trained`,
    );
  }
  return EXIT.done;
}

export async function preflightCommand(context: CommandContext, argument: RecipeArgument): Promise<ExitCode> {
  const { output } = context;
  const { prepared } = await prepare(context, argument);
  if (output.json) await output.document(prepared.report);
  output.text(reportAsText(prepared.report));
  return prepared.report.status === 'blocked' ? EXIT.refused : EXIT.done;
}

async function prepare(context: CommandContext, argument: RecipeArgument) {
  const { output, parts, signal } = context;
  const recipe = openRecipe(context, argument);
  const prepared: Prepared = orThrow(
    await parts.workers.preparer.prepare(recipe, { signal, onProgress: output.progress }),
  );
  return { recipe, prepared };
}

const MARKS = { error: '✗', warning: '!', info: 'i', ok: '✓' } as const;

export function reportAsText(report: PreflightReport): string {
  const { totals } = report;
  const checks = report.checks.flatMap(check => [
    `${MARKS[check.severity]} ${check.id}: ${check.title}`,
    ...(check.cause === '' || check.severity === 'ok' ? [] : [`    ${check.cause}`]),
    ...(check.rows.length === 0 ? [] : [`    rows ${check.rows.join(', ')}`]),
  ]);
  return [
    report.status === 'ready' ? 'Ready to train.' : 'Blocked: nothing is trained.',
    `${totals.kept} of ${totals.examples} examples, ${totals.trainableTokens} of ${totals.tokens} tokens trained, ${totals.steps} steps.`,
    ...checks,
  ].join('\n');
}
