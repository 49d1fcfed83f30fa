// Tokens per second and peak memory of a training step, beside TRL and PEFT where they are installed.
//
// `npm run bench -- train [--rounds 3] [--steps 7] [--warm-up 2]`. LUTHIER_PEER_PYTHON names a Python with
// torch, transformers, trl, peft, datasets and gguf; without it only this side is measured. Runs alternate, and
// all take the same weights, rows, first adapter, rank, targets and optimizer (AdamW, float32 moments).
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { root } from '../setup.mjs';
import {
  folder,
  measure,
  measureWholeRun,
  mebibytes,
  median,
  modelFile,
  numberOption,
  SMALL_SHAPE,
  trainingJob,
} from './training-run.mjs';

const LENGTH = 1024;
/** bfloat16 has eight significant bits; losses and norms of two implementations agree to a fraction of that. */
const PARITY = { loss: 1e-3, gradNorm: 1e-2 };

const OURS = 'Luthier';

/** What TRL offers for one GPU-less machine: autocast to bfloat16, with and without its two memory savers. */
const PEERS = [
  { name: 'TRL, whole logits', autocast: true, loss: 'nll', checkpointing: false },
  { name: 'TRL, logits in chunks', autocast: true, loss: 'chunked_nll', checkpointing: false },
  { name: 'TRL as it comes (checkpointing)', autocast: true, loss: 'chunked_nll', checkpointing: true },
];

export function benchTraining(args) {
  const rounds = numberOption(args, 'rounds', 3);
  const warmUp = numberOption(args, 'warm-up', 2);
  const steps = warmUp + numberOption(args, 'steps', 5);
  const python = process.env.LUTHIER_PEER_PYTHON;
  const model = modelFile('llama-134m-bf16', SMALL_SHAPE);
  const job = trainingJob({ model, vocabulary: SMALL_SHAPE.vocabulary, length: LENGTH, steps });
  job.adapter = join(folder, 'untrained-adapter.gguf');
  const tokens = job.rows.map(row => row.inputIds.length);

  const ours = options => () => measure(process.execPath, 'train-ours.mjs', { ...job, ...options });
  const sides = [
    { name: OURS, run: ours({}) },
    { name: 'Luthier, checkpointing', run: ours({ checkpointing: true }) },
  ];
  if (python && existsSync(python)) {
    for (const peer of PEERS) {
      sides.push({ name: peer.name, run: () => measure(python, 'peer_train.py', { ...job, ...peer }) });
    }
  } else {
    process.stdout.write('TRL and PEFT: not measured (LUTHIER_PEER_PYTHON names no Python).\n');
  }
  const results = new Map(sides.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const { name, run } of sides) {
      process.stderr.write(`round ${round + 1} of ${rounds}: ${name}\n`);
      results.get(name).push(run());
    }
  }

  process.stdout.write(
    `${cpus()[0]?.model}, 2 threads; llama of 134M parameters in bf16, ${LENGTH} tokens packed from examples of 280 on\n` +
      `average, 60 % trained, LoRA rank 16 on 7 modules; medians of ${rounds} runs of ${steps - warmUp} steps after ${warmUp}.\n\n`,
  );
  const own = summarize(results.get(OURS), tokens, warmUp);
  for (const { name } of sides) {
    const side = summarize(results.get(name), tokens, warmUp);
    const ratios =
      name === OURS
        ? ''
        : `   Luthier: ${(own.perSecond / side.perSecond).toFixed(2)}x tokens/s, ${(own.perCpuSecond / side.perCpuSecond).toFixed(2)}x per CPU second, ${(own.peakBytes / side.peakBytes).toFixed(2)}x memory`;
    process.stdout.write(
      `${name.padEnd(32)} ${side.perSecond.toFixed(0).padStart(5)} tokens/s ${side.perCpuSecond.toFixed(0).padStart(5)} per CPU second ${mebibytes(side.peakBytes).padStart(9)}${ratios}\n`,
    );
  }
  const whole = measureWholeRun(job);
  process.stdout.write(
    `${'Luthier, by `luthier train`'.padEnd(32)} ${median(whole.tokensPerSecond.slice(warmUp)).toFixed(0).padStart(5)} tokens/s ${' '.repeat(20)} ${mebibytes(whole.peakBytes).padStart(9)}\n`,
  );
  let holds = true;
  for (const { name } of sides.slice(1)) {
    holds = comparePaths(name, results.get(OURS)[0], results.get(name)[0]) && holds;
  }
  return checkGradients() && holds ? 0 : 1;
}

function summarize(runs, tokens, warmUp) {
  const rate = seconds =>
    median(
      runs.flatMap(({ steps }) => steps.slice(warmUp).map((step, i) => tokens[i + warmUp] / step[seconds])),
    );
  return {
    perSecond: rate('seconds'),
    perCpuSecond: rate('cpuSeconds'),
    peakBytes: median(runs.map(run => run.peakBytes)),
  };
}

/** Both sides start from one adapter and see the same rows, so every step's loss and norm must agree. */
function comparePaths(name, ours, theirs) {
  const worst = key =>
    Math.max(...ours.steps.map((step, i) => Math.abs(step[key] / theirs.steps[i][key] - 1)));
  const [loss, gradNorm] = [worst('loss'), worst('gradNorm')];
  const holds = loss < PARITY.loss && gradNorm < PARITY.gradNorm && ours.parameters === theirs.parameters;
  process.stdout.write(
    `parity with ${name}: ${holds ? 'holds' : 'BROKEN'} (loss to ${loss.toExponential(1)}, gradient norm to ${gradNorm.toExponential(1)}, ${theirs.parameters} trained parameters)\n`,
  );
  return holds;
}

/** The gradients of the very build that was timed, against float64 references. */
function checkGradients() {
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const { status, stdout, error } = spawnSync(
    process.execPath,
    [vitest, 'run', '--root', root, 'src-native/test/gradients.test.ts'],
    { encoding: 'utf8', cwd: root, env: { ...process.env, NO_COLOR: '1' } },
  );
  const line = (stdout ?? '').split('\n').find(text => text.trim().startsWith('Tests '));
  process.stdout.write(
    `gradients against float64: ${status === 0 ? 'hold' : 'BROKEN'} (${line?.trim() ?? error})\n`,
  );
  return status === 0;
}
