/** Writes the files of one export into a folder, synced, and says what each holds. */
import { createHash } from 'node:crypto';
import { closeSync, createReadStream, fsyncSync, openSync, readdirSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { CodedException, type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import { assertNever } from '../../../src-shared/domain/assert-never.ts';
import type { ExportedFile } from '../../pipeline/job-results.ts';
import type { JobContext } from '../child-channel.ts';
import type { ExportJob, ExportResult } from '../protocol.ts';
import { stopIfAsked } from './cancellation.ts';
import { writeMergedModel } from './write-merged-model.ts';
import { writeOllamaFolder } from './write-ollama-folder.ts';
import { writePeftFolder } from './write-peft-folder.ts';
import { writeTrlFolder } from './write-trl-folder.ts';

/** Errors: `file.writeFailed`, `job.cancelled`, those of model and adapter. */
export async function writeExport(job: ExportJob, context: JobContext): Promise<Outcome<ExportResult>> {
  const { content, directory } = job;
  const path = join(directory, content.fileName);
  const described = async (written: Outcome<unknown>): Promise<Outcome<ExportResult>> =>
    written.ok ? ok({ files: await describeFolder(path, context), labels: null }) : written;
  switch (content.format) {
    case 'gguf-adapter': {
      const copied = await copyFile(content.adapterPath, path, content.fileName, context);
      return ok({ files: [copied], labels: null });
    }
    case 'peft':
      return described(await writePeftFolder(content, directory, context.nativeDirectory));
    case 'ollama':
      return described(await writeOllamaFolder(content, directory, context));
    case 'gguf': {
      const written = await writeMergedModel(content, directory, context);
      if (!written.ok) return written;
      return ok({ files: [await describeFile(path, content.fileName, context)], labels: null });
    }
    case 'trl': {
      const written = await writeTrlFolder(content, directory, context);
      if (!written.ok) return written;
      return ok({ files: await describeFolder(path, context), labels: written.value });
    }
    default:
      return assertNever(content);
  }
}

async function describeFolder(folder: string, context: JobContext): Promise<ExportedFile[]> {
  const files: ExportedFile[] = [];
  for (const name of readdirSync(folder).sort()) {
    files.push(await describeFile(join(folder, name), name, context));
  }
  return files;
}

async function copyFile(
  source: string,
  path: string,
  name: string,
  context: JobContext,
): Promise<ExportedFile> {
  try {
    const fd = openSync(path, 'wx');
    try {
      return await readThrough(source, name, context, bytes => {
        for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
      });
    } finally {
      fsyncSync(fd);
      closeSync(fd);
    }
  } catch (error) {
    throw error instanceof CodedException ? error : new CodedException(writeFailed(path, error));
  }
}

/** Of a file that was written without being synced. */
async function describeFile(path: string, name: string, context: JobContext): Promise<ExportedFile> {
  const fd = openSync(path, 'r+');
  fsyncSync(fd);
  closeSync(fd);
  return readThrough(path, name, context, () => undefined);
}

async function readThrough(
  path: string,
  name: string,
  context: JobContext,
  onBytes: (bytes: Buffer) => void,
): Promise<ExportedFile> {
  const hash = createHash('sha256');
  const total = statSync(path).size;
  let done = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    const bytes = chunk as Buffer;
    onBytes(bytes);
    hash.update(bytes);
    done += bytes.length;
    stopIfAsked(context.signal);
    context.reportProgress({ phase: 'hashing bytes', done, total });
  }
  return { name, bytes: done, sha256: hash.digest('hex') };
}

function writeFailed(path: string, error: unknown) {
  return {
    code: 'file.writeFailed',
    title: 'A file cannot be written.',
    cause: `${path}: ${error instanceof Error ? error.message : String(error)}`,
    remedy: 'Free space, or choose another folder.',
  };
}
