/** Opens a model with stock llama.cpp, as users will run it. */
import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { getLlama, LlamaLogLevel, type LlamaModel } from 'node-llama-cpp';
import { fail, type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';

/** A model of this size is done before a second thread has woken up. */
const TINY_MODEL_BYTES = 80_000_000;

/** Error: `model.loadFailed`. The caller disposes of the model. */
export async function loadModel(modelPath: string): Promise<Outcome<LlamaModel>> {
  const llama = await getLlama({
    gpu: false,
    build: 'never',
    progressLogs: false,
    logLevel: LlamaLogLevel.error,
  });
  try {
    return ok(await llama.loadModel({ modelPath, useMmap: true }));
  } catch (error) {
    return fail({
      code: 'model.loadFailed',
      title: 'The model cannot be loaded.',
      cause: error instanceof Error ? error.message : String(error),
      remedy: 'Choose a model that this version of llama.cpp knows.',
    });
  }
}

/** `size`: tokens of prompt and answer together. */
export function createContext(
  model: LlamaModel,
  {
    size,
    threads,
    adapterPath,
    exactCache = false,
  }: {
    size: number;
    threads: number;
    adapterPath: string | null;
    /** K and V in float32, for comparisons that rounding would blur. */
    exactCache?: boolean;
  },
) {
  const contextSize = Math.ceil((size + 1) / CONTEXT_STEP) * CONTEXT_STEP;
  return model.createContext({
    contextSize,
    batchSize: Math.min(contextSize, 512),
    flashAttention: false,
    threads,
    ...(exactCache ? { experimentalKvCacheKeyType: 'F32', experimentalKvCacheValueType: 'F32' } : {}),
    ...(adapterPath === null ? {} : { lora: { adapters: [{ filePath: adapterPath }] } }),
  });
}

/** llama.cpp rounds up to it anyway. */
const CONTEXT_STEP = 256;

export function defaultThreads(modelPath: string): number {
  return statSync(modelPath).size < TINY_MODEL_BYTES ? 1 : availableParallelism();
}
