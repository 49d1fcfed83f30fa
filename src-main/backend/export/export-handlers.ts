/** The procedures of the export panel, over the exports that the command line has too. */
import { existsSync, statSync } from 'node:fs';
import { type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type {
  EXPORT_PROCEDURES,
  ExportChoice,
  ExportPlan,
} from '../../../src-shared/contract/export-procedures.ts';
import type { ProcedureInput, ProcedureOutput } from '../../../src-shared/contract/procedures.ts';
import type { ExportVerification } from '../../../src-shared/domain/export.ts';
import type { BackendParts } from '../backend-parts.ts';
import { findRun } from '../find-run.ts';
import type { WorkOptions } from '../ports.ts';
import { preparedPathOf } from '../prepared-path.ts';
import { exportNameOf } from './export-name.ts';
import { type ExportReport, exportRun, gatherInputs } from './export-run.ts';
import { targetIn } from './export-target.ts';
import { exportTraining, neededForTraining } from './export-training.ts';
import { neededBytes } from './plan-export.ts';
import { isTaken, SPARE_BYTES } from './staged-export.ts';

type ExportName = keyof typeof EXPORT_PROCEDURES;
type ExportHandlers = {
  readonly [N in ExportName]: (
    input: ProcedureInput<N>,
    signal: AbortSignal,
  ) => Promise<Outcome<ProcedureOutput<N>>>;
};

export interface ExportService {
  readonly handlers: ExportHandlers;
  /** Cancels all exports; resolves when nothing of them is left. */
  close(): Promise<void>;
}

export function createExportService(parts: BackendParts): ExportService {
  const closing = new AbortController();
  const unfinished = new Set<Promise<unknown>>();
  return {
    handlers: {
      'export.plan': (choice, signal) => planExport(parts, choice, { signal }),
      'export.start': async ({ workId, replace, ...choice }, signal) => {
        const work = startExport(parts, choice, replace, {
          signal: AbortSignal.any([signal, closing.signal]),
          onProgress: parts.events.throttledProgress(workId),
        });
        unfinished.add(work);
        try {
          return await work;
        } finally {
          unfinished.delete(work);
        }
      },
    },
    close: async () => {
      closing.abort();
      await Promise.allSettled(unfinished);
    },
  };
}

async function planExport(
  parts: BackendParts,
  choice: ExportChoice,
  work: WorkOptions,
): Promise<Outcome<ExportPlan>> {
  const place = placeOf(parts, choice);
  if (!place.ok) return place;
  const needed = await neededFor(parts, choice, work);
  if (!needed.ok) return needed;
  const { folder, target } = place.value;
  const isFolderThere = existsSync(folder) && statSync(folder).isDirectory();
  const freeBytes = isFolderThere ? parts.freeBytes(folder) : null;
  const neededWithSpare = needed.value === null ? null : Math.ceil(needed.value) + SPARE_BYTES;
  return ok({
    ...place.value,
    isFolderThere,
    isTaken: isTaken(target),
    neededBytes: neededWithSpare,
    freeBytes,
    hasSpace: freeBytes === null || neededWithSpare === null || freeBytes >= neededWithSpare,
  });
}

async function neededFor(
  parts: BackendParts,
  { id, format, model, weightType }: ExportChoice,
  work: WorkOptions,
): Promise<Outcome<number | null>> {
  if (format === 'trl') {
    const found = findRun(parts, id);
    if (!found.ok) return found;
    const path = preparedPathOf(parts.home, found.value.run.hashes.preparedDataset);
    return ok(existsSync(path) ? neededForTraining(path) : null);
  }
  const inputs = await gatherInputs(parts, { run: id, model }, work);
  return inputs.ok ? ok(neededBytes({ format, weightType }, inputs.value)) : inputs;
}

async function startExport(
  parts: BackendParts,
  choice: ExportChoice,
  force: boolean,
  work: WorkOptions,
): Promise<Outcome<ExportReport<ExportVerification>>> {
  const place = placeOf(parts, choice);
  if (!place.ok) return place;
  const { id: run, format, model, weightType } = choice;
  const output = place.value.target;
  if (format === 'trl') return exportTraining(parts, { run, output, force }, work);
  return exportRun(parts, { run, model, format, weightType, output, force }, work);
}

type Place = Pick<ExportPlan, 'folder' | 'name' | 'target'>;

/** Errors: `run.notFound`, `export.wrongPlace`. */
function placeOf(parts: BackendParts, choice: ExportChoice): Outcome<Place> {
  const run = findRun(parts, choice.id);
  if (!run.ok) return run;
  const folder = choice.folder ?? parts.browseRoot;
  const name = choice.name ?? exportNameOf(run.value.run.name, choice.format);
  const target = targetIn(folder, name);
  return target.ok ? ok({ folder, name, target: target.value }) : target;
}
