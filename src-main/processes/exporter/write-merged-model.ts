/** Base and adapter as one GGUF, in the type that is wanted. */
import { existsSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Outcome } from '../../../src-shared/contract/coded-error.ts';
import { fromNative, loadAddon, type NativeResult } from '../../adapters/native/addon.ts';
import type { ExportContent } from '../../pipeline/job-results.ts';
import type { JobContext } from '../child-channel.ts';
import { untilAsked } from './cancellation.ts';

type MergedContent = Extract<ExportContent, { format: 'gguf' }>;
interface Written {
  readonly bytes: number;
}

const FLOATS = ['F32', 'F16', 'BF16'] as const;
type FloatType = (typeof FLOATS)[number];

/**
 * A quantized result comes from a float one, which is removed again. Errors: those of `mergeAdapter` and
 * `quantizeModel` of the native part.
 */
export async function writeMergedModel(
  content: MergedContent,
  directory: string,
  context: JobContext,
): Promise<Outcome<Written>> {
  const loaded = loadAddon(context.nativeDirectory);
  if (!loaded.ok) return loaded;
  const addon = loaded.value;
  const facts = fromNative(addon.inspectModel(content.modelPath));
  if (!facts.ok) return facts;
  const { modelPath, adapterPath, weightType, baseName, adapterName } = content;
  const outputPath = join(directory, content.fileName);
  const names = { modelPath, adapterPath, baseName, adapterName };
  const merge = (path: string, type: FloatType | 'KEEP') =>
    watched(
      'merging: megabytes',
      path,
      addon.mergeAdapter({ ...names, outputPath: path, weightType: type }),
      context,
    );
  if (weightType === 'keep') return merge(outputPath, 'KEEP');
  if (isFloat(weightType)) return merge(outputPath, weightType);
  const intermediate = join(directory, 'merged.gguf.partial');
  // A quantized base is not rounded to its old type before the new one.
  const merged = await merge(intermediate, isFloat(facts.value.quantization) ? 'KEEP' : 'F16');
  if (!merged.ok) return merged;
  const quantizing = addon.quantizeModel(intermediate, outputPath, weightType);
  const quantized = await watched('quantizing: megabytes', outputPath, quantizing, context);
  rmSync(intermediate, { force: true });
  return quantized;
}

function isFloat(type: string): type is FloatType {
  return FLOATS.some(float => float === type);
}

const LOOK_EVERY_MS = 500;

/** How far the native part is shows in the size of what it writes. */
async function watched(
  phase: string,
  path: string,
  work: Promise<NativeResult<Written>>,
  context: JobContext,
): Promise<Outcome<Written>> {
  const look = setInterval(() => {
    const bytes = existsSync(path) ? statSync(path).size : 0;
    context.reportProgress({ phase, done: Math.floor(bytes / 1e6), total: null });
  }, LOOK_EVERY_MS);
  try {
    return fromNative(await untilAsked(work, context.signal));
  } finally {
    clearInterval(look);
  }
}
