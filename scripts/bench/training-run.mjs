// What the training benchmarks share: random models, jobs, and one measured training in its own process.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../setup.mjs';
import { packedRow, writeRandomModel } from './random-model.mjs';

export const folder = join(root, 'build', 'bench');

/** 134M parameters, as small as a model can be whose products still cost more than the rest. */
export const SMALL_SHAPE = {
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

/** Writes the model of a shape once, under build/bench. */
export function modelFile(name, shape) {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.gguf`);
  if (!existsSync(path)) {
    const parameters = writeRandomModel(path, shape);
    process.stderr.write(`wrote ${path}: ${(parameters / 1e6).toFixed(1)}M parameters\n`);
  }
  return path;
}

/** A training job over packed rows: LoRA of rank 16 on all seven modules, 60 % of the tokens trained. */
export function trainingJob({ model, vocabulary, length, steps, longest = 520, ...rest }) {
  return {
    model,
    rows: Array.from({ length: steps }, (_, i) => packedRow(i + 1, length, vocabulary, longest)),
    threads: 2,
    rank: 16,
    alpha: 32,
    learningRate: 2e-4,
    checkpointing: false,
    adapter: null,
    nativeDirectory: join(root, 'build', 'native'),
    ...rest,
  };
}

/**
 * Runs a job in a fresh process and returns what it prints: steps (seconds, cpuSeconds, loss, gradNorm),
 * peakBytes. Throws with the end of its error output.
 */
export function measure(command, script, job) {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'job.json');
  writeFileSync(file, JSON.stringify(job));
  const { status, stdout, stderr } = spawnSync(command, [join(root, 'scripts', 'bench', script), file], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  if (status !== 0) throw new Error(`${script} failed:\n${(stderr ?? '').slice(-2000)}`);
  return JSON.parse(stdout.trim().split('\n').at(-1));
}

/**
 * The same training as a user starts it: `luthier train` over a tokenized dataset of the rows' examples, packed
 * by the program itself. Returns the steps that filled a row, and the peak of its trainer process.
 */
export function measureWholeRun(job) {
  const data = join(folder, 'examples.jsonl');
  const recipe = join(folder, 'whole-run.luthier.yaml');
  const length = job.rows[0].inputIds.length;
  writeFileSync(
    data,
    job.rows
      .flatMap(examplesOf)
      .map(example => `${JSON.stringify(example)}\n`)
      .join(''),
  );
  writeFileSync(
    recipe,
    `version: 1
name: benchmark
model: {path: ${JSON.stringify(job.model)}}
dataset: {path: ${JSON.stringify(data)}, format: tokenized, columns: {inputIds: inputIds, labels: labels}, validation: none}
collator: {strategy: pack, maxLength: ${length}}
adapter: {rank: ${job.rank}, alpha: ${job.alpha}}
training: {epochs: 1, batchSize: 1, gradientAccumulationSteps: 1, warmupSteps: 0, gradientCheckpointing: 'off'}
device: {threads: ${job.threads}}
`,
  );
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, 'out', 'main', 'cli.js'), 'train', recipe, '--json', '--home', join(folder, 'home')],
    { encoding: 'utf8', maxBuffer: 1 << 26 },
  );
  if (status !== 0) throw new Error(`luthier train failed:\n${stderr.slice(-2000)}`);
  const steps = stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
    .filter(event => event.type === 'step');
  return {
    tokensPerSecond: steps.filter(step => step.tokens > 0.9 * length).map(step => step.tokensPerSecond),
    peakBytes: Math.max(...steps.map(step => step.memoryBytes)),
  };
}

function examplesOf({ inputIds, labels, lengths }) {
  let end = 0;
  return lengths.map(own => {
    end += own;
    return { inputIds: inputIds.slice(end - own, end), labels: labels.slice(end - own, end) };
  });
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export const mebibytes = bytes => `${Math.round(bytes / 2 ** 20)} MiB`;

/** The value after `--name`, or the fallback. */
export function numberOption(args, name, fallback) {
  const at = args.indexOf(`--${name}`);
  return at < 0 ? fallback : Number(args[at + 1]);
}
