import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { getLlama, type Llama, LlamaLogLevel, type Token } from 'node-llama-cpp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TrainingEvent } from '../src-shared/domain/training.ts';
import { createWorkspace, demoDirectory, demoModel, runLuthier } from './luthier-process.ts';

const workspace = createWorkspace('stock');
let llama: Llama;
beforeAll(async () => {
  llama = await getLlama({ gpu: false, build: 'never', progressLogs: false, logLevel: LlamaLogLevel.error });
});
afterAll(async () => {
  await llama.dispose();
  workspace.remove();
});

const RANK = 4;
const ALPHA = 8;
const TARGETS = ['attn_q', 'attn_k', 'attn_v', 'attn_output', 'ffn_gate', 'ffn_up', 'ffn_down'];

const recipePath = workspace.write(
  'stock.luthier.yaml',
  `version: 1
model: {path: ${JSON.stringify(demoModel)}}
dataset: {path: ${JSON.stringify(join(demoDirectory, 'train.jsonl'))}, limit: 64, validation: none}
collator: {maxLength: 256}
adapter: {rank: ${RANK}, alpha: ${ALPHA}}
training: {epochs: 1, batchSize: 8, gradientAccumulationSteps: 1, warmupSteps: 0, learningRate: 5.0e-3}
`,
);

/** log p of every token after every position, by stock llama.cpp with the adapter applied. */
async function stockLogProbabilities(adapterPath: string | null, ids: readonly number[]) {
  const model = await llama.loadModel({ modelPath: demoModel });
  const context = await model.createContext({
    contextSize: 512,
    threads: 1,
    flashAttention: false,
    experimentalKvCacheKeyType: 'F32',
    experimentalKvCacheValueType: 'F32',
    ...(adapterPath === null ? {} : { lora: { adapters: [{ filePath: adapterPath }] } }),
  });
  const all = { temperature: 1, topK: 0, topP: 1, minP: 0 };
  const results = await context
    .getSequence()
    .controlledEvaluate(
      ids.map(id => [id as Token, { generateNext: { probabilities: true, options: all } }]),
    );
  await context.dispose();
  await model.dispose();
  return results.map(
    result =>
      new Map([...(result?.next.probabilities ?? [])].map(([token, p]) => [Number(token), Math.log(p)])),
  );
}

function ownLogProbabilities(adapterPath: string, ids: readonly number[]): Float64Array[] {
  const job = { modelPath: demoModel, adapterPath, rank: RANK, alpha: ALPHA, targetModules: TARGETS, ids };
  const script = join(import.meta.dirname, 'addon-logits.mjs');
  const printed = execFileSync(process.execPath, [script, JSON.stringify(job)], {
    maxBuffer: 1 << 28,
    encoding: 'utf8',
  });
  const { vocabularySize, logits } = JSON.parse(printed) as { vocabularySize: number; logits: number[] };
  return ids.map((_, i) => {
    const row = Float64Array.from(logits.slice(i * vocabularySize, (i + 1) * vocabularySize));
    const largest = row.reduce((a, b) => Math.max(a, b));
    const logSum = largest + Math.log(row.reduce((sum, logit) => sum + Math.exp(logit - largest), 0));
    return row.map(logit => logit - logSum);
  });
}

describe('the saved adapter', () => {
  it("gives the trained model's logits in stock llama.cpp, within 1e-3", async () => {
    const { code, json } = await runLuthier('train', recipePath, '--json', '--home', workspace.home);
    expect(code).toBe(0);
    const { adapterPath } = (json as TrainingEvent[]).at(-1) as { adapterPath: string };
    const labels = await runLuthier('labels', recipePath, '--json', '--limit', '1', '--home', workspace.home);
    const { inputIds } = labels.json[0] as { inputIds: number[] };

    const own = ownLogProbabilities(adapterPath, inputIds);
    const stock = await stockLogProbabilities(adapterPath, inputIds);
    const base = await stockLogProbabilities(null, inputIds);
    let worst = 0;
    let change = 0;
    for (const [i, row] of own.entries()) {
      for (const [token, logProbability] of row.entries()) {
        const theirs = stock[i]?.get(token) ?? Number.NaN;
        // Below this, the float32 probabilities that node-llama-cpp returns carry no three digits.
        if (logProbability < -12) continue;
        worst = Math.max(worst, Math.abs(theirs - logProbability));
        change = Math.max(change, Math.abs((base[i]?.get(token) ?? 0) - logProbability));
      }
    }
    expect(worst).toBeLessThan(1e-3);
    // The comparison means something only where the adapter changed the model.
    expect(change).toBeGreaterThan(0.5);
  });
});
