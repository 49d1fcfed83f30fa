// The memory that preflight promises beside the peak of the run, over models, types of weights and settings.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../setup.mjs';
import { packedRow } from './random-model.mjs';
import { folder, mebibytes, modelFile, numberOption } from './training-run.mjs';

const LLAMA = {
  width: 768,
  hidden: 2048,
  layers: 12,
  heads: 12,
  keyValueHeads: 12,
  vocabulary: 32_000,
  context: 8192,
  tied: false,
  type: 'bf16',
};
const SHAPES = {
  'llama bf16': LLAMA,
  'llama f32': { ...LLAMA, type: 'f32', layers: 6 },
  'llama q8_0': { ...LLAMA, type: 'q8_0' },
  'llama q4_k': { ...LLAMA, type: 'q4_k' },
  'qwen3 q8_0': {
    ...LLAMA,
    architecture: 'qwen3',
    width: 1024,
    hidden: 3072,
    heads: 16,
    keyValueHeads: 8,
    headLength: 128,
    vocabulary: 151_936,
    tied: true,
    type: 'q8_0',
  },
  'qwen2 q8_0': {
    ...LLAMA,
    architecture: 'qwen2',
    width: 896,
    hidden: 4864,
    layers: 12,
    heads: 14,
    keyValueHeads: 2,
    vocabulary: 151_936,
    tied: true,
    type: 'q8_0',
  },
  'phi3 q8_0': {
    ...LLAMA,
    architecture: 'phi3',
    width: 1024,
    hidden: 2816,
    layers: 8,
    heads: 16,
    keyValueHeads: 16,
    vocabulary: 32_064,
    type: 'q8_0',
  },
  'gemma2 q8_0': {
    ...LLAMA,
    architecture: 'gemma2',
    width: 1024,
    hidden: 4096,
    layers: 8,
    heads: 4,
    keyValueHeads: 2,
    headLength: 256,
    vocabulary: 128_000,
    tied: true,
    type: 'q8_0',
  },
  'gemma q8_0': {
    ...LLAMA,
    architecture: 'gemma',
    width: 1024,
    hidden: 4096,
    layers: 8,
    heads: 4,
    keyValueHeads: 1,
    headLength: 256,
    vocabulary: 128_000,
    tied: true,
    type: 'q8_0',
  },
  'gemma3 q8_0': {
    ...LLAMA,
    architecture: 'gemma3',
    width: 640,
    hidden: 2048,
    layers: 18,
    heads: 4,
    keyValueHeads: 1,
    headLength: 256,
    vocabulary: 128_000,
    tied: true,
    type: 'q8_0',
  },
};

/** Settings that change what is kept: each is tried on the first shape, the first ones on all. */
const SETTINGS = {
  'packed 1,024': {},
  'packed 1,024, checkpoints': { training: "gradientCheckpointing: 'on'" },
  'packed 512': { length: 512 },
  'padded, 4 rows': { collator: 'pad', training: 'batchSize: 4' },
  'dropout 0.1': { adapter: 'dropout: 0.1' },
  'dropout 0.1, checkpoints': { adapter: 'dropout: 0.1', training: "gradientCheckpointing: 'on'" },
  'rank 128': { adapter: 'rank: 128' },
  'query and value only': { adapter: 'targetModules: [attn_q, attn_v]' },
  'last 4 layers': { adapter: 'layers: {last: 4}' },
  sgd: { training: 'optimizer: sgd' },
};
const ON_ALL_SHAPES = 2;

function luthier(...args) {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, 'out', 'main', 'cli.js'), ...args, '--json', '--home', join(folder, 'home')],
    { encoding: 'utf8', maxBuffer: 1 << 28 },
  );
  if (!stdout.trim()) throw new Error(`luthier ${args[0]} failed:\n${stderr.slice(-2000)}`);
  return stdout;
}

function writeRecipe(model, shape, { length = 1024, collator = 'pack', adapter, training }, steps) {
  const data = join(folder, 'memory-examples.jsonl');
  const recipe = join(folder, 'memory.luthier.yaml');
  const examples = [];
  for (let row = 1; row <= steps * 4; row++) {
    const { inputIds, labels, lengths } = packedRow(row, length, shape.vocabulary, 520);
    let from = 0;
    for (const own of lengths) {
      examples.push({ inputIds: inputIds.slice(from, from + own), labels: labels.slice(from, from + own) });
      from += own;
    }
  }
  writeFileSync(data, examples.map(example => `${JSON.stringify(example)}\n`).join(''));
  const own = (key, fallback, set) => (set?.startsWith(`${key}:`) ? '' : `, ${key}: ${fallback}`);
  writeFileSync(
    recipe,
    `version: 1
name: memory
model: {path: ${JSON.stringify(model)}}
dataset: {path: ${JSON.stringify(data)}, format: tokenized, columns: {inputIds: inputIds, labels: labels}, validation: none}
collator: {strategy: ${collator}, maxLength: ${length}}
adapter: {${[adapter ?? 'alpha: 32'].join(', ')}${own('rank', 16, adapter)}}
training: {maxSteps: ${steps}, gradientAccumulationSteps: 1, warmupSteps: 0${own('batchSize', 1, training)}${own('gradientCheckpointing', "'off'", training)}${training ? `, ${training}` : ''}}
device: {threads: 2, backend: cpu}
`,
  );
  return recipe;
}

/** Prints estimate, measured peak of the trainer, and how far the one is from the other. */
export function benchMemory(args) {
  const only = args.find(arg => Object.hasOwn(SHAPES, arg));
  const steps = numberOption(args, 'steps', 3);
  let farthest = 0;
  for (const [i, [name, shape]] of Object.entries(SHAPES).entries()) {
    if (only && name !== only) continue;
    const model = modelFile(name.replace(' ', '-'), shape);
    for (const [j, [setting, own]] of Object.entries(SETTINGS).entries()) {
      if (!only && i > 0 && j >= ON_ALL_SHAPES) continue;
      const recipe = writeRecipe(model, shape, own, steps);
      const { estimate } = JSON.parse(luthier('preflight', recipe));
      const measured = luthier('train', recipe)
        .trim()
        .split('\n')
        .map(line => JSON.parse(line))
        .filter(event => event.type === 'step')
        .reduce((peak, { memoryBytes }) => Math.max(peak, memoryBytes), 0);
      if (measured === 0) throw new Error(`${name}, ${setting}: no step was trained.`);
      const off = estimate.memoryBytes / measured - 1;
      farthest = Math.max(farthest, Math.abs(off));
      process.stdout.write(
        `${name.padEnd(12)} ${setting.padEnd(28)} estimate ${mebibytes(estimate.memoryBytes).padStart(9)}, peak ${mebibytes(measured).padStart(9)}, ${(100 * off).toFixed(0).padStart(4)} %\n`,
      );
    }
  }
  process.stdout.write(`farthest from the peak: ${(100 * farthest).toFixed(0)} %\n`);
  return 0;
}
