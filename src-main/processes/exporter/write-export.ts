/** Writes the files of one export into a folder, synced, and says what each holds. */
import { createHash } from 'node:crypto';
import { closeSync, createReadStream, fsyncSync, openSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { CodedException, type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { ExportedFile } from '../../pipeline/job-results.ts';
import type { JobContext } from '../child-channel.ts';
import type { ExportJob, ExportResult } from '../protocol.ts';

/** Errors: `file.writeFailed`, `job.cancelled`. */
export async function writeExport(job: ExportJob, context: JobContext): Promise<Outcome<ExportResult>> {
  const { content, adapterPath, directory } = job;
  return ok({ files: [await copyFile(adapterPath, directory, content.fileName, context)] });
}

async function copyFile(
  source: string,
  directory: string,
  name: string,
  context: JobContext,
): Promise<ExportedFile> {
  const hash = createHash('sha256');
  const total = statSync(source).size;
  let done = 0;
  await asWriting(join(directory, name), async () => {
    const fd = openSync(join(directory, name), 'wx');
    try {
      for await (const chunk of createReadStream(source, { highWaterMark: 1 << 20 })) {
        const bytes = chunk as Buffer;
        for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
        hash.update(bytes);
        done += bytes.length;
        stopIfAsked(context);
        context.reportProgress({ phase: 'writing bytes', done, total });
      }
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  });
  return { name, bytes: done, sha256: hash.digest('hex') };
}

async function asWriting(path: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (error instanceof CodedException) throw error;
    throw new CodedException({
      code: 'file.writeFailed',
      title: 'A file cannot be written.',
      cause: `${path}: ${error instanceof Error ? error.message : String(error)}`,
      remedy: 'Free space, or choose another folder.',
    });
  }
}

function stopIfAsked({ signal }: JobContext): void {
  if (!signal.aborted) return;
  throw new CodedException({
    code: 'job.cancelled',
    title: 'The export was cancelled.',
    cause: 'It was asked to stop.',
    remedy: 'Start it again when you like.',
  });
}
