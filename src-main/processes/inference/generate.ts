/** Generates answers to prompts of token ids with stock llama.cpp, as users will run the adapter. */
import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { getLlama, LlamaLogLevel, type LlamaModel, type Token } from 'node-llama-cpp';
import { fail, type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { JobContext } from '../child-channel.ts';
import type { GenerateJob, GenerateResult } from '../protocol.ts';

/** The sequence is cleared after so many answers: a fresh start costs little, a leak of state much. */
const CONTEXT_STEP = 256;

/** A model of this size is done before a second thread has woken up. */
const TINY_MODEL_BYTES = 80_000_000;
/** The parent takes a long silence for a hang. */
const SIGN_OF_LIFE_EVERY_MS = 1_000;

export async function generate(job: GenerateJob, context: JobContext): Promise<Outcome<GenerateResult>> {
  const llama = await getLlama({
    gpu: false,
    build: 'never',
    progressLogs: false,
    logLevel: LlamaLogLevel.error,
  });
  let model: LlamaModel;
  try {
    model = await llama.loadModel({ modelPath: job.modelPath, useMmap: true });
  } catch (error) {
    return fail({
      code: 'model.loadFailed',
      title: 'The model cannot be loaded.',
      cause: error instanceof Error ? error.message : String(error),
      remedy: 'Choose a model that this version of llama.cpp knows.',
    });
  }
  const answers: string[][] = [];
  const total = job.adapterPaths.length * job.prompts.length;
  for (const adapterPath of job.adapterPaths) {
    const own = await answerAll(model, adapterPath, job, context, answers.length * job.prompts.length, total);
    if (!own.ok) return own;
    answers.push(own.value);
  }
  await model.dispose();
  return ok({ answers });
}

async function answerAll(
  model: LlamaModel,
  adapterPath: string | null,
  job: GenerateJob,
  jobContext: JobContext,
  before: number,
  total: number,
): Promise<Outcome<string[]>> {
  const longest = Math.max(1, ...job.prompts.map(prompt => prompt.length));
  const contextSize = Math.ceil((longest + job.maxTokens + 1) / CONTEXT_STEP) * CONTEXT_STEP;
  const context = await model.createContext({
    contextSize,
    batchSize: Math.min(contextSize, 512),
    flashAttention: false,
    threads: job.threads ?? defaultThreads(job.modelPath),
    ...(adapterPath === null ? {} : { lora: { adapters: [{ filePath: adapterPath }] } }),
  });
  const sequence = context.getSequence();
  const stop = new Set(job.stopIds);
  const answers: string[] = [];
  for (const prompt of job.prompts) {
    if (jobContext.signal.aborted) {
      return fail({
        code: 'job.cancelled',
        title: 'The answers were cancelled.',
        cause: '',
        remedy: 'Ask again.',
      });
    }
    await sequence.clearHistory();
    const generated: Token[] = [];
    const tokens = sequence.evaluate([...prompt] as Token[], {
      temperature: job.sampling.temperature,
      topP: job.sampling.topP,
      seed: job.sampling.seed,
      yieldEogToken: true,
    });
    let shownAt = performance.now();
    for await (const token of tokens) {
      if (performance.now() - shownAt > SIGN_OF_LIFE_EVERY_MS) {
        shownAt = performance.now();
        jobContext.reportProgress({ phase: 'generating answers', done: before + answers.length, total });
      }
      if (jobContext.signal.aborted) return fail(cancelled());
      if (stop.has(token) || model.isEogToken(token)) break;
      generated.push(token);
      if (generated.length >= job.maxTokens) break;
    }
    answers.push(model.detokenize(generated, false));
    jobContext.reportProgress({ phase: 'generating answers', done: before + answers.length, total });
  }
  await context.dispose();
  return ok(answers);
}

function defaultThreads(modelPath: string): number {
  return statSync(modelPath).size < TINY_MODEL_BYTES ? 1 : availableParallelism();
}

function cancelled() {
  return {
    code: 'job.cancelled',
    title: 'The answers were cancelled.',
    cause: 'They were asked to stop.',
    remedy: 'Ask again.',
  };
}
