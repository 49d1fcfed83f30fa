/** Generates answers to prompts of token ids with stock llama.cpp, as users will run the adapter. */
import type { LlamaModel, Token } from 'node-llama-cpp';
import { fail, type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { JobContext } from '../child-channel.ts';
import type { GenerateJob, GenerateResult } from '../protocol.ts';
import { createContext, defaultThreads, loadModel } from './load-model.ts';

/** The parent takes a long silence for a hang. */
const SIGN_OF_LIFE_EVERY_MS = 1_000;

export async function generate(job: GenerateJob, context: JobContext): Promise<Outcome<GenerateResult>> {
  const loaded = await loadModel(job.modelPath);
  if (!loaded.ok) return loaded;
  const model = loaded.value;
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
  const context = await createContext(model, {
    size: longest + job.maxTokens,
    threads: job.threads ?? defaultThreads(job.modelPath),
    adapterPath,
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

function cancelled() {
  return {
    code: 'job.cancelled',
    title: 'The answers were cancelled.',
    cause: 'They were asked to stop.',
    remedy: 'Ask again.',
  };
}
