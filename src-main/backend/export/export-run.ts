/** A run's tuned model as files for other programs: written aside, verified, then put in place. */
import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fail, type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { ExportFormat, ExportVerification } from '../../../src-shared/domain/export.ts';
import type { BackendParts } from '../backend-parts.ts';
import { adapterOf, findRun } from '../chat.ts';
import type { WorkOptions } from '../ports.ts';
import { judgeVerification } from './judge-verification.ts';
import { checkFreeSpace, checkTarget, type StagedExport, stageExport } from './staged-export.ts';

export interface ExportRequest {
  readonly run: string;
  readonly model: 'tuned' | 'best';
  readonly format: ExportFormat;
  /** A file; or a folder that is there, which gets a file of the run's name. */
  readonly output: string;
  /** Replaces what is there. */
  readonly force: boolean;
}

export interface ExportReport {
  readonly files: readonly { readonly path: string; readonly bytes: number; readonly sha256: string }[];
  readonly verification: ExportVerification;
}

/**
 * Errors: `run.notFound`, `run.noAdapter`, `export.exists`, `export.noSpace`, `export.noFolder`, `export.differs`,
 * `compute.busy`, `file.writeFailed`, `job.cancelled`. After any of them, what was at `output` is as it was.
 */
export async function exportRun(
  parts: BackendParts,
  request: ExportRequest,
  work: WorkOptions,
): Promise<Outcome<ExportReport>> {
  const found = findRun(parts, request.run);
  if (!found.ok) return found;
  const adapter = adapterOf(found.value.run, request.model);
  if (!adapter.ok) return adapter;
  const modelPath = found.value.recipe.model.path;
  const missing = [modelPath, adapter.value ?? ''].find(path => !existsSync(path));
  if (missing !== undefined) return fail(sourceMissing(missing));
  const target = targetOf(request, found.value.run.name);
  const refused =
    checkTarget(target, request.force) ?? checkFreeSpace(dirname(target), statSync(adapter.value ?? '').size);
  if (refused) return fail(refused);
  const lease = parts.lease.take(`the export of ${found.value.run.name}`);
  if (!lease.ok) return lease;
  const staged = stageExport(dirname(target));
  try {
    if (!staged.ok) return staged;
    return await writeAndVerify(
      parts,
      staged.value,
      { ...request, target, modelPath, adapterPath: adapter.value ?? '' },
      work,
    );
  } finally {
    if (staged.ok) staged.value.remove();
    lease.value.release();
  }
}

interface ResolvedRequest extends ExportRequest {
  readonly target: string;
  readonly modelPath: string;
  readonly adapterPath: string;
}

async function writeAndVerify(
  { workers }: BackendParts,
  staged: StagedExport,
  { format, target, modelPath, adapterPath, force }: ResolvedRequest,
  work: WorkOptions,
): Promise<Outcome<ExportReport>> {
  const fileName = basename(target);
  const content = { format, fileName };
  const written = await workers.exporter.write({ content, adapterPath, directory: staged.directory }, work);
  if (!written.ok) return written;
  const exported = { modelPath, adapterPath: join(staged.directory, fileName) };
  const verified = await workers.inference.verify({ reference: { modelPath, adapterPath }, exported }, work);
  if (!verified.ok) return verified;
  const differs = judgeVerification(verified.value);
  if (differs) return fail(differs);
  if (work.signal.aborted) return fail(cancelled());
  // Somebody may have put a file there meanwhile.
  const refused = checkTarget(target, force) ?? staged.putInPlace(fileName, target);
  if (refused) return fail(refused);
  const files = written.value.files.map(({ bytes, sha256 }) => ({ path: target, bytes, sha256 }));
  return ok({ files, verification: verified.value });
}

function targetOf({ output, format }: ExportRequest, runName: string): string {
  const isFolder = existsSync(output) && statSync(output).isDirectory();
  return isFolder ? join(output, `${fileNameOf(runName)}${SUFFIX[format]}`) : output;
}

const SUFFIX = { 'gguf-adapter': '-adapter.gguf' } as const satisfies Record<ExportFormat, string>;

/** Letters and digits of any script stay; what some file system refuses becomes a dash. */
function fileNameOf(name: string): string {
  const safe = name.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[.-]+|[.-]+$/g, '');
  return safe === '' ? 'run' : safe.slice(0, 100);
}

function sourceMissing(path: string) {
  return {
    code: 'export.sourceMissing',
    title: 'A file of the run is not there any more.',
    cause: `There is no ${path}.`,
    remedy: 'Put it back where it was, or train again.',
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
