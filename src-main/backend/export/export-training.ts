/** The way off this machine: a run's exact data and settings as a training script for TRL. */
import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fail, type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { LabelsVerification } from '../../../src-shared/domain/export.ts';
import type { Recipe } from '../../../src-shared/recipe/schema.ts';
import type { BackendParts } from '../backend-parts.ts';
import { findRun } from '../find-run.ts';
import type { WorkOptions } from '../ports.ts';
import { preparedPathOf } from '../prepared-path.ts';
import type { ExportReport } from './export-run.ts';
import { checkFreeSpace, checkTarget, stageExport } from './staged-export.ts';

export interface TrainingExportRequest {
  readonly run: string;
  /** The folder. */
  readonly output: string;
  readonly force: boolean;
}

/** A number as text and a comma, in place of the four bytes of each id and label. */
const TEXT_PER_BYTE = 2.5;

/** Bytes. */
export function neededForTraining(preparedPath: string): number {
  return statSync(preparedPath).size * TEXT_PER_BYTE;
}

/**
 * Needs no adapter: a run that failed for want of memory may be what one leaves this machine for. Errors:
 * `run.notFound`, `export.dataChanged`, those of the preparation, `export.exists`, `export.noSpace`,
 * `export.noFolder`, `export.differs`, `file.writeFailed`, `job.cancelled`.
 */
export async function exportTraining(
  parts: BackendParts,
  { run, output, force }: TrainingExportRequest,
  work: WorkOptions,
): Promise<Outcome<ExportReport<LabelsVerification>>> {
  const found = findRun(parts, run);
  if (!found.ok) return found;
  const wrongPlace = checkTarget(output, force);
  if (wrongPlace) return fail(wrongPlace);
  const { recipe } = found.value;
  const prepared = await preparedDatasetOf(parts, recipe, found.value.run.hashes.preparedDataset, work);
  if (!prepared.ok) return prepared;
  const preparedPath = prepared.value;
  const noSpace = checkFreeSpace(parts, dirname(output), neededForTraining(preparedPath));
  if (noSpace) return fail(noSpace);
  const staged = stageExport(parts.home, dirname(output));
  if (!staged.ok) return staged;
  try {
    const fileName = basename(output);
    const now = Math.floor(parts.now().getTime() / 1000);
    const scriptsDirectory = parts.trlDirectory;
    const content = { format: 'trl', fileName, preparedPath, scriptsDirectory, recipe, now } as const;
    const written = await parts.workers.exporter.write({ content, directory: staged.value.directory }, work);
    if (!written.ok) return written;
    const { labels } = written.value;
    if (labels === null) throw new Error('The exporter did not say what it compared.');
    const refused = checkTarget(output, force) ?? staged.value.putInPlace(fileName, output);
    if (refused) return fail(refused);
    const files = written.value.files.map(({ name, ...rest }) => ({ path: join(output, name), ...rest }));
    return ok({ files, verification: labels });
  } finally {
    staged.value.remove();
  }
}

/** The very file that the run read; made again where it is gone, if the same comes of it. */
async function preparedDatasetOf(
  parts: BackendParts,
  recipe: Recipe,
  preparedId: string,
  work: WorkOptions,
): Promise<Outcome<string>> {
  const path = preparedPathOf(parts.home, preparedId);
  if (existsSync(path)) return ok(path);
  const prepared = await parts.workers.preparer.prepare(recipe, work);
  if (!prepared.ok) return prepared;
  if (prepared.value.preparedPath === path) return ok(path);
  return fail({
    code: 'export.dataChanged',
    title: 'The data is not what the run was trained on any more.',
    cause:
      'Data, template or model give other ids or labels now, and the prepared dataset of the run is gone.',
    remedy: 'Put the files back as they were, or train again and export that run.',
  });
}
