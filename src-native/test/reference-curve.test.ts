// Fifty steps against PyTorch: loss and gradient norm of each, and the first step's gradients.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  adamw,
  type LabelledRow,
  openModel,
  openTrainer,
  padBatch,
  relativeError,
  unwrap,
} from './support.ts';

const data = fileURLToPath(new URL('../../../shared/data/', import.meta.url));
const folder = `${data}training/tiny-llama/`;
const isAbsent = !existsSync(folder);

const curves = fileURLToPath(new URL('./fixtures/curves/', import.meta.url));

/** See fixtures/README.md. */
interface Curve {
  readonly model: string;
  readonly initialAdapter: string;
  readonly labels: 'assistant' | 'full';
  readonly batchSize: number;
  readonly gradientAccumulationSteps: number;
  readonly rank: number;
  readonly alpha: number;
  readonly weightDecay: number;
  readonly maxGradNorm: number;
  readonly curve: readonly {
    readonly loss: number;
    readonly gradNorm: number;
    readonly learningRate: number;
    readonly trainedTokens: number;
  }[];
}

interface Expected {
  readonly steps: readonly {
    readonly loss: number;
    readonly grad_norm: number;
    readonly n_labels_shifted: number;
  }[];
}

/** transformers' get_cosine_schedule_with_warmup, with `step` counted from 0. */
function cosineWithWarmup(step: number, peak: number, warmupSteps: number, totalSteps: number): number {
  if (step < warmupSteps) return (peak * step) / warmupSteps;
  const progress = (step - warmupSteps) / (totalSteps - warmupSteps);
  return peak * Math.max(0, 0.5 * (1 + Math.cos(Math.PI * progress)));
}

function readRows(): LabelledRow[] {
  const lines = readFileSync(`${folder}rows.jsonl`, 'utf8').trim().split('\n');
  return lines.map(line => {
    const row = JSON.parse(line) as { input_ids: number[]; labels: number[] };
    return { inputIds: row.input_ids, labels: row.labels };
  });
}

/** A safetensors file's float32 tensors: 8 bytes of length, a JSON header, the data. */
function readSafetensors(path: string): Map<string, Float32Array> {
  const bytes = readFileSync(path);
  const headerLength = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.toString('utf8', 8, 8 + headerLength)) as Record<
    string,
    { data_offsets: [number, number] }
  >;
  const tensors = new Map<string, Float32Array>();
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const [start, end] = entry.data_offsets;
    tensors.set(
      name,
      new Float32Array(
        new Uint8Array(bytes.subarray(8 + headerLength + start, 8 + headerLength + end)).buffer,
      ),
    );
  }
  return tensors;
}

const peftModules: Readonly<Record<string, string>> = {
  attn_q: 'self_attn.q_proj',
  attn_k: 'self_attn.k_proj',
  attn_v: 'self_attn.v_proj',
  attn_output: 'self_attn.o_proj',
  ffn_gate: 'mlp.gate_proj',
  ffn_up: 'mlp.up_proj',
  ffn_down: 'mlp.down_proj',
};

/** `blk.0.attn_q.weight.lora_a` → the key that ends so in PEFT's file. */
function peftSuffix(name: string): { suffix: string; module: string; isB: boolean } {
  const parts = /^blk\.(\d+)\.(\w+)\.weight\.lora_([ab])$/.exec(name);
  const module = parts?.[2] ?? '';
  const isB = parts?.[3] === 'b';
  return { suffix: `layers.${parts?.[1]}.${peftModules[module]}.lora_${isB ? 'B' : 'A'}`, module, isB };
}

/**
 * Undoes convert_hf_to_gguf's LlamaModel.permute: within a head, GGUF interleaves the two halves that
 * Hugging Face's rotary embedding keeps apart: rows [a0 b0 a1 b1 …] → [a0 a1 … b0 b1 …].
 */
function unpermuteRows(data: Float32Array, rank: number, heads: number): Float32Array {
  const rows = data.length / rank;
  const half = rows / heads / 2;
  const result = new Float32Array(data.length);
  for (let head = 0; head < heads; head++) {
    for (let pair = 0; pair < half; pair++) {
      for (let part = 0; part < 2; part++) {
        const from = (head * half * 2 + pair * 2 + part) * rank;
        result.set(data.subarray(from, from + rank), (head * half * 2 + part * half + pair) * rank);
      }
    }
  }
  return result;
}

describe('the reference curves of transformers and PyTorch', () => {
  it.skipIf(isAbsent).each(['llama', 'llama-accumulated', 'llama-full-labels', 'qwen2'])(
    'of %s are followed at each of 50 steps',
    async name => {
      const curve = JSON.parse(readFileSync(`${curves}${name}.json`, 'utf8')) as Curve;
      const rows = readRows().map(row => (curve.labels === 'full' ? { ...row, labels: row.inputIds } : row));
      const model = await openModel(`${data}models/${curve.model}`);
      const adapterFolder = existsSync(curves + curve.initialAdapter) ? curves : folder;
      const trainer = await openTrainer(model, {
        rank: curve.rank,
        alpha: curve.alpha,
        initialAdapter: adapterFolder + curve.initialAdapter,
      });
      let next = 0;
      for (const reference of curve.curve) {
        let [lossSum, trainedTokens] = [0, 0];
        for (let part = 0; part < curve.gradientAccumulationSteps; part++) {
          const batch = padBatch(rows.slice(next, next + curve.batchSize));
          const loss = unwrap(await trainer.accumulate(batch));
          next += curve.batchSize;
          lossSum += loss.lossSum;
          trainedTokens += loss.trainedTokens;
        }
        const update = { ...adamw, learningRate: reference.learningRate, weightDecay: curve.weightDecay };
        const { gradNorm } = unwrap(await trainer.step({ ...update, maxGradNorm: curve.maxGradNorm }));
        expect(trainedTokens).toBe(reference.trainedTokens);
        expect(Math.abs(lossSum / trainedTokens / reference.loss - 1)).toBeLessThan(1e-5);
        expect(Math.abs(gradNorm / reference.gradNorm - 1)).toBeLessThan(1e-4);
      }
      expect(curve.curve).toHaveLength(50);
      trainer.dispose();
      model.dispose();
    },
  );
});

describe('the reference run of TRL and PEFT', () => {
  it.skipIf(isAbsent)('gives the same loss and gradient norm at each of 50 steps', async () => {
    const expected = JSON.parse(readFileSync(`${folder}expected.json`, 'utf8')) as Expected;
    const rows = readRows();
    const model = await openModel(`${data}models/tiny-chatml-llama-f32.gguf`);
    const trainer = await openTrainer(model, {
      rank: 8,
      alpha: 16,
      initialAdapter: `${folder}init-adapter.gguf`,
      threads: 1,
    });
    let worstLoss = 0;
    let worstNorm = 0;
    let worstGradient = 0;
    for (const [step, reference] of expected.steps.entries()) {
      const loss = unwrap(await trainer.accumulate(padBatch(rows.slice(step * 4, step * 4 + 4))));
      if (step === 0)
        worstGradient = compareWithPeft(
          trainer.gradients(),
          reference.grad_norm,
          model.info.heads,
          model.info.keyValueHeads,
        );
      const { gradNorm } = unwrap(
        await trainer.step({
          optimizer: 'adamw',
          learningRate: cosineWithWarmup(step, 2e-3, 5, 50),
          beta1: 0.9,
          beta2: 0.999,
          epsilon: 1e-8,
          weightDecay: 0.01,
          maxGradNorm: 1,
        }),
      );
      expect(loss.trainedTokens).toBe(reference.n_labels_shifted);
      worstLoss = Math.max(worstLoss, Math.abs(loss.lossSum / loss.trainedTokens / reference.loss - 1));
      worstNorm = Math.max(worstNorm, Math.abs(gradNorm / reference.grad_norm - 1));
    }
    console.info(
      `largest relative error: loss ${worstLoss}, gradient norm ${worstNorm}, first gradients ${worstGradient}`,
    );
    expect(expected.steps).toHaveLength(50);
    expect(worstGradient).toBeLessThan(1e-4);
    expect(worstLoss).toBeLessThan(1e-3);
    expect(worstNorm).toBeLessThan(1e-2);
    trainer.dispose();
    model.dispose();
  });
});

/** The largest relative error over the tensors; the reference was written after clipping at norm 1. */
function compareWithPeft(
  gradients: readonly { name: string; shape: readonly number[]; data: Float32Array }[],
  norm: number,
  heads: number,
  keyValueHeads: number,
): number {
  const reference = readSafetensors(`${folder}clipped_grads_step0.safetensors`);
  expect(gradients).toHaveLength(reference.size);
  let worst = 0;
  for (const { name, shape, data } of gradients) {
    const { suffix, module, isB } = peftSuffix(name);
    const key = [...reference.keys()].find(candidate => candidate.includes(suffix));
    const wanted = reference.get(key ?? '');
    if (!wanted) throw new Error(`no reference for ${name}`);
    const headsOf = module === 'attn_q' ? heads : module === 'attn_k' ? keyValueHeads : 0;
    const ordered = isB && headsOf > 0 ? unpermuteRows(data, shape[0] ?? 0, headsOf) : data;
    const clipped = ordered.map(value => value * Math.min(1, 1 / (norm + 1e-6)));
    worst = Math.max(worst, relativeError(clipped, wanted));
  }
  return worst;
}
