/** The adapter as a PEFT folder, and beside it the GGUF that our own reading of that folder gives, to be verified. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fail, type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import { fromNative, loadAddon } from '../../adapters/native/addon.ts';
import { encodeAdapterGguf } from '../../adapters/peft/adapter-gguf.ts';
import { readPeftAdapter } from '../../adapters/peft/peft-adapter.ts';
import { readAdapterGguf } from '../../adapters/peft/read-adapter-gguf.ts';
import { encodePeftAdapter } from '../../adapters/peft/write-peft-adapter.ts';
import { type ExportContent, READ_BACK_FILE } from '../../pipeline/job-results.ts';

type PeftContent = Extract<ExportContent, { format: 'peft' }>;

/** Errors: `adapter.damaged`, `export.unsupported`, those of the model. */
export async function writePeftFolder(
  { modelPath, adapterPath, fileName, baseName }: PeftContent,
  directory: string,
  nativeDirectory: string,
): Promise<Outcome<null>> {
  const addon = loadAddon(nativeDirectory);
  if (!addon.ok) return addon;
  const opened = fromNative(await addon.value.Model.open(modelPath, { vocabularyOnly: true }));
  if (!opened.ok) return opened;
  const { info } = opened.value;
  opened.value.dispose();
  const adapter = readAdapterGguf(adapterPath);
  if (typeof adapter === 'string') return fail(damaged(adapterPath, adapter));
  const files = encodePeftAdapter(adapter, info, baseName);
  if (!files.ok) return files;
  const folder = join(directory, fileName);
  mkdirSync(folder);
  for (const { name, bytes } of files.value) writeFileSync(join(folder, name), bytes, { flush: true });
  const readBack = readPeftAdapter(folder, info);
  if (!readBack.ok) return readBack;
  writeFileSync(join(directory, READ_BACK_FILE), encodeAdapterGguf(readBack.value));
  return ok(null);
}

function damaged(path: string, reason: string) {
  return {
    code: 'adapter.damaged',
    title: 'The adapter file is damaged.',
    cause: `${path}: ${reason}.`,
    remedy: 'Train again, or take a checkpoint of the run.',
  };
}
