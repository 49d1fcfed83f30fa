/** Where a finished run still fails: the loss of each of its rows, measured once and kept with the run. */
import { type CodedError, fail, type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { ProcedureOutput } from '../../../src-shared/contract/procedures.ts';
import type { LossReport, LossSplit, RowLoss } from '../../../src-shared/domain/row-losses.ts';
import type { Recipe } from '../../../src-shared/recipe/schema.ts';
import { type LossesMeta, reportLosses } from '../../pipeline/losses/stored-losses.ts';
import type { BackendParts } from '../backend-parts.ts';
import { adapterOf } from '../chat.ts';
import { compareInputs } from '../compare-inputs.ts';
import { findRun } from '../find-run.ts';
import type { RunBrief, WorkOptions } from '../ports.ts';
import { runDirectoryOf } from '../supervise-run.ts';

export interface LossesRequest {
  readonly id: string;
  readonly split: LossSplit;
  /** How many of the worst rows are told. */
  readonly top: number;
}

interface MeasurableRun {
  readonly run: RunBrief;
  readonly recipe: Recipe;
  readonly adapterPath: string;
  readonly adapterHash: string;
  readonly directory: string;
  /** Where the losses of the split are kept. */
  readonly path: string;
}

/** What was measured with the adapter that the run has now. Errors: `run.notFound`, `run.noAdapter`, `losses.adapterMissing`. */
export async function showLosses(
  parts: BackendParts,
  { id, split, top }: LossesRequest,
): Promise<Outcome<LossReport | null>> {
  const found = await findMeasurable(parts, id, split);
  if (!found.ok) return found;
  const stored = storedOf(parts, found.value);
  return ok(stored && reportLosses(stored, top));
}

/**
 * Measures anew. Errors: those of `showLosses`, `losses.inputsDiffer` with what has changed since the run was started,
 * `losses.noRows`, `compute.busy`, `job.cancelled`, those of the preparation and of the trainer.
 */
export async function measureLosses(
  parts: BackendParts,
  { id, split, top, maxRows }: LossesRequest & { readonly maxRows: number },
  work: WorkOptions,
): Promise<Outcome<LossReport>> {
  const found = await findMeasurable(parts, id, split);
  if (!found.ok) return found;
  const { run, recipe, adapterPath, directory, path } = found.value;
  const lease = parts.lease.take(`the losses of ${run.name}`);
  if (!lease.ok) return lease;
  try {
    const prepared = await parts.workers.preparer.prepare(recipe, work);
    if (!prepared.ok) return prepared;
    const { hashes, preparedPath } = prepared.value;
    const changed = compareInputs(run.hashes, hashes);
    if (changed !== null) return fail(inputsDiffer(changed.cause, changed.differing));
    const measured = await parts.workers.lossMeter.measure(
      {
        recipe,
        preparedPath,
        directory,
        adapterPath,
        outputPath: path,
        split,
        maxRows,
        at: parts.now().toISOString(),
      },
      work,
    );
    return measured.ok ? ok(reportLosses(measured.value, top)) : measured;
  } finally {
    lease.value.release();
  }
}

/** Of each of these examples; empty where it was not measured. Errors: those of `showLosses`. */
export async function tokenLosses(
  parts: BackendParts,
  { id, split }: Pick<LossesRequest, 'id' | 'split'>,
  examples: readonly Pick<RowLoss, 'row' | 'part'>[],
): Promise<Outcome<ProcedureOutput<'losses.tokens'>[]>> {
  const found = await findMeasurable(parts, id, split);
  if (!found.ok) return found;
  const isCurrent = storedOf(parts, found.value) !== null;
  return ok(
    examples.map(({ row, part }) => {
      const tokens = isCurrent ? parts.lossFiles.readTokens(found.value.path, row, part) : null;
      if (tokens === null) return { ids: [], losses: [] };
      const losses = Array.from(tokens.losses, loss => (Number.isNaN(loss) ? null : loss));
      return { ids: [...tokens.ids], losses };
    }),
  );
}

async function findMeasurable(
  parts: BackendParts,
  id: string,
  split: LossSplit,
): Promise<Outcome<MeasurableRun>> {
  const found = findRun(parts, id);
  if (!found.ok) return found;
  const { run, recipe } = found.value;
  const adapterPath = adapterOf(run, 'tuned');
  if (!adapterPath.ok) return adapterPath;
  const path = adapterPath.value ?? '';
  const adapterHash = await parts.lossFiles.adapterHash(path);
  if (adapterHash === null) return fail(adapterMissing(run, path));
  const directory = runDirectoryOf(parts, recipe, id);
  const own = { run, recipe, adapterPath: path, adapterHash, directory };
  return ok({ ...own, path: parts.lossFiles.pathOf(directory, split) });
}

/** Losses of an adapter that the run had before it went on are those of another model. */
function storedOf(parts: BackendParts, { path, adapterHash }: MeasurableRun): LossesMeta | null {
  const stored = parts.lossFiles.read(path);
  return stored !== null && stored.adapterSha256 === adapterHash ? stored : null;
}

function adapterMissing(run: RunBrief, path: string): CodedError {
  return {
    code: 'losses.adapterMissing',
    title: 'The adapter of the run is not there any more.',
    cause: `The run ${run.name} kept it in ${path}, and there is no such file.`,
    remedy: 'Put the file back, for example from the trash of the Disk page, or run the recipe again.',
  };
}

function inputsDiffer(cause: string, differing: readonly string[]): CodedError {
  return {
    code: 'losses.inputsDiffer',
    title: 'The losses would not be those of the run.',
    cause,
    remedy: 'Put the files back as they were.',
    details: { differing },
  };
}
