/** A run's tuned model as files for other programs: written aside, verified, then put in place. */
import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fail, type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import { assertNever } from '../../../src-shared/domain/assert-never.ts';
import type {
  ExportVerification,
  MergedType,
  ModelFormat,
  PredictionsVerification,
} from '../../../src-shared/domain/export.ts';
import { OLLAMA_MODEL_FILE, READ_BACK_FILE } from '../../pipeline/job-results.ts';
import type { BackendParts } from '../backend-parts.ts';
import { adapterOf } from '../chat.ts';
import { findRun } from '../find-run.ts';
import type { WorkOptions } from '../ports.ts';
import { exportNameOf } from './export-name.ts';
import { judgeVerification } from './judge-verification.ts';
import { contentOf, type ExportInputs, mustBeEqual, neededBytes } from './plan-export.ts';
import { checkFreeSpace, checkTarget, type StagedExport, stageExport } from './staged-export.ts';

export interface ExportRequest {
  readonly run: string;
  readonly model: 'tuned' | 'best';
  readonly format: ModelFormat;
  /** A file; or a folder that is there, which gets a file of the run's name. `peft`, `ollama`: the folder itself. */
  readonly output: string;
  /** Of a merged model's weights. */
  readonly weightType: MergedType;
  /** Replaces what is there. */
  readonly force: boolean;
}

export interface ExportReport<Verification extends ExportVerification> {
  readonly files: readonly { readonly path: string; readonly bytes: number; readonly sha256: string }[];
  readonly verification: Verification;
}

/**
 * Errors: `run.notFound`, `run.noAdapter`, `export.exists`, `export.noSpace`, `export.noFolder`, `export.differs`,
 * `compute.busy`, `file.writeFailed`, `job.cancelled`. After any of them, what was at `output` is as it was.
 */
export async function exportRun(
  parts: BackendParts,
  request: ExportRequest,
  work: WorkOptions,
): Promise<Outcome<ExportReport<PredictionsVerification>>> {
  const gathered = await gatherInputs(parts, request, work);
  if (!gathered.ok) return gathered;
  const inputs = gathered.value;
  const target = targetOf(request, inputs.runName);
  const wrongPlace = checkTarget(target, request.force);
  if (wrongPlace) return fail(wrongPlace);
  const noSpace = checkFreeSpace(parts, dirname(target), neededBytes(request, inputs));
  if (noSpace) return fail(noSpace);
  const lease = parts.lease.take(`the export of ${inputs.runName}`);
  if (!lease.ok) return lease;
  const staged = stageExport(parts.home, dirname(target));
  try {
    if (!staged.ok) return staged;
    return await writeAndVerify(parts, staged.value, target, request, inputs, work);
  } finally {
    if (staged.ok) staged.value.remove();
    lease.value.release();
  }
}

/** What is known before anything is written. Errors: `run.notFound`, `run.noAdapter`, `export.sourceMissing`. */
export async function gatherInputs(
  parts: BackendParts,
  { run: id, model: which }: Pick<ExportRequest, 'run' | 'model'>,
  work: WorkOptions,
): Promise<Outcome<ExportInputs>> {
  const found = findRun(parts, id);
  if (!found.ok) return found;
  const { run, recipe } = found.value;
  const adapter = adapterOf(run, which);
  if (!adapter.ok) return adapter;
  const adapterPath = adapter.value ?? '';
  const modelPath = recipe.model.path;
  const missing = [modelPath, adapterPath].find(path => !existsSync(path));
  if (missing !== undefined) return fail(sourceMissing(missing));
  const inspected = await parts.workers.preparer.inspectModels([modelPath], work);
  if (!inspected.ok) return inspected;
  const model = inspected.value[0];
  if (work.signal.aborted) return fail(cancelled());
  if (model === undefined || 'refusal' in model) return fail(unreadable(modelPath, model?.refusal));
  return ok({
    runName: run.name,
    recipe,
    now: Math.floor(parts.now().getTime() / 1000),
    modelPath,
    adapterPath,
    adapterBytes: statSync(adapterPath).size,
    modelBytes: statSync(modelPath).size,
    modelName: model.facts.name,
    parameters: model.facts.parameters,
    quantization: model.facts.quantization,
  });
}

async function writeAndVerify(
  { workers }: BackendParts,
  staged: StagedExport,
  target: string,
  request: ExportRequest,
  inputs: ExportInputs,
  work: WorkOptions,
): Promise<Outcome<ExportReport<PredictionsVerification>>> {
  const { modelPath, adapterPath } = inputs;
  const fileName = basename(target);
  const content = contentOf(request, inputs, fileName);
  const written = await workers.exporter.write({ content, directory: staged.directory }, work);
  if (!written.ok) return written;
  const exported = exportedModel(request.format, modelPath, staged.directory, fileName);
  const verified = await workers.inference.verify({ reference: { modelPath, adapterPath }, exported }, work);
  if (!verified.ok) return verified;
  const differs = judgeVerification(verified.value, mustBeEqual(request, inputs));
  if (differs) return fail(differs);
  if (work.signal.aborted) return fail(cancelled());
  // Somebody may have put a file there meanwhile.
  const refused = checkTarget(target, request.force) ?? staged.putInPlace(fileName, target);
  if (refused) return fail(refused);
  const files = written.value.files.map(({ name, bytes, sha256 }) => ({
    path: isFolderFormat(request.format) ? join(target, name) : target,
    bytes,
    sha256,
  }));
  return ok({ files, verification: verified.value });
}

/** What stock llama.cpp loads to see whether the export is right. */
function exportedModel(format: ModelFormat, modelPath: string, directory: string, fileName: string) {
  switch (format) {
    case 'gguf':
      return { modelPath: join(directory, fileName), adapterPath: null };
    case 'gguf-adapter':
      return { modelPath, adapterPath: join(directory, fileName) };
    case 'ollama':
      return { modelPath: join(directory, fileName, OLLAMA_MODEL_FILE), adapterPath: null };
    case 'peft':
      return { modelPath, adapterPath: join(directory, READ_BACK_FILE) };
    default:
      return assertNever(format);
  }
}

function targetOf({ output, format }: ExportRequest, runName: string): string {
  if (isFolderFormat(format)) return output;
  const isFolder = existsSync(output) && statSync(output).isDirectory();
  return isFolder ? join(output, exportNameOf(runName, format)) : output;
}

export function isFolderFormat(format: ModelFormat): format is 'peft' | 'ollama' {
  return format === 'peft' || format === 'ollama';
}

function sourceMissing(path: string) {
  return {
    code: 'export.sourceMissing',
    title: 'A file of the run is not there any more.',
    cause: `There is no ${path}.`,
    remedy: 'Put it back where it was, or train again.',
  };
}

function unreadable(path: string, reason: string | undefined) {
  return {
    code: 'export.modelUnreadable',
    title: 'The base model of the run cannot be read.',
    cause: reason ?? `${path} was not looked at.`,
    remedy: 'Put the file back as it was when the run was trained.',
  };
}

function cancelled() {
  return {
    code: 'job.cancelled',
    title: 'The export was cancelled.',
    cause: 'It was asked to stop.',
    remedy: 'Start it again when you like.',
  };
}
