// How time and memory of a step grow with the length of a row, with layers, and with the model.
import { cpus } from 'node:os';
import {
  measure,
  mebibytes,
  median,
  modelFile,
  numberOption,
  SMALL_SHAPE,
  trainingJob,
} from './training-run.mjs';

const WARM_UP = 1;

/** 1.5B parameters: the layers of Qwen2.5-1.5B under a llama's names. */
const LARGE_SHAPE = {
  width: 1536,
  hidden: 8960,
  layers: 28,
  heads: 12,
  keyValueHeads: 2,
  vocabulary: 151_936,
  context: 32_768,
  tied: true,
  type: 'q8_0',
};

function train(name, shape, length, options) {
  const job = trainingJob({
    model: modelFile(name, shape),
    vocabulary: shape.vocabulary,
    length,
    ...options,
  });
  const { steps, peakBytes } = measure(process.execPath, 'train-ours.mjs', job);
  const timed = steps.slice(WARM_UP);
  return {
    seconds: median(timed.map(step => step.seconds)),
    cpuSeconds: median(timed.map(step => step.cpuSeconds)),
    peakBytes,
  };
}

const line = (label, length, { seconds, cpuSeconds, peakBytes }) =>
  process.stdout.write(
    `${label.padEnd(28)} ${seconds.toFixed(2).padStart(7)} s/step ${(length / seconds).toFixed(0).padStart(6)} tokens/s ${((1000 * cpuSeconds) / length).toFixed(2).padStart(7)} CPU ms/token ${mebibytes(peakBytes).padStart(9)}\n`,
  );

/** 512 to 4,096 tokens a row, packed and as one example. */
export function benchLengths(args) {
  const steps = WARM_UP + numberOption(args, 'steps', 3);
  process.stdout.write(`${cpus()[0]?.model}, 2 threads; llama of 134M parameters in bf16\n`);
  for (const checkpointing of [false, true]) {
    for (const length of [512, 1024, 2048, 4096]) {
      const result = train('llama-134m-bf16', SMALL_SHAPE, length, { steps, checkpointing });
      line(`${length} tokens packed${checkpointing ? ', checkpoints' : ''}`, length, result);
    }
  }
  for (const length of [1024, 4096]) {
    line(
      `${length} tokens, one example`,
      length,
      train('llama-134m-bf16', SMALL_SHAPE, length, { steps, longest: length }),
    );
  }
  return 0;
}

/**
 * 4 to 32 layers of the same model, in turn for several rounds. The output head counts once whatever the layers, the
 * first layer needs no gradient of its input, and the last one's feed-forward runs on trained rows only: a cost that
 * grew with the number of layers shows as a layer's cost that rises from one doubling to the next.
 */
export function benchLayers(args) {
  const steps = WARM_UP + numberOption(args, 'steps', 4);
  const rounds = numberOption(args, 'rounds', 3);
  process.stdout.write(`${cpus()[0]?.model}, 2 threads; llama of width 768 in bf16, vocabulary 32,000\n`);
  const sizes = [4, 8, 16, 32].map(layers => ({ layers, results: [] }));
  for (let round = 0; round < rounds; round++) {
    for (const { layers, results } of sizes) {
      const shape = { ...SMALL_SHAPE, layers };
      results.push(train(`llama-${layers}-layers-32k`, shape, 1024, { steps }));
    }
  }
  const measured = sizes.map(({ layers, results }) => ({
    layers,
    seconds: median(results.map(result => result.seconds)),
    cpuSeconds: median(results.map(result => result.cpuSeconds)),
    peakBytes: median(results.map(result => result.peakBytes)),
  }));
  for (const result of measured) line(`${result.layers} layers`, 1024, result);
  for (const [i, more] of measured.entries()) {
    const less = measured[i - 1];
    if (!less) continue;
    const perLayer = (more.seconds - less.seconds) / (more.layers - less.layers);
    const memory = (more.peakBytes - less.peakBytes) / (more.layers - less.layers);
    process.stdout.write(
      `${less.layers} to ${more.layers} layers: ${(1000 * perLayer).toFixed(0)} ms and ${mebibytes(memory)} for each layer\n`,
    );
  }
  const [four, eight, , thirtyTwo] = measured;
  const times = (a, b, key) => (b[key] / a[key]).toFixed(2);
  process.stdout.write(
    `8 times the layers (4 to 32): ${times(four, thirtyTwo, 'seconds')} times the time, ${times(four, thirtyTwo, 'cpuSeconds')} times the CPU time; ` +
      `4 times (8 to 32): ${times(eight, thirtyTwo, 'seconds')} and ${times(eight, thirtyTwo, 'cpuSeconds')}\n`,
  );
  return 0;
}

/** A model of 1.5B parameters in q8_0 at 1,024 packed tokens, as a run would train it. */
export function benchLargeModel(args) {
  const steps = WARM_UP + numberOption(args, 'steps', 2);
  process.stdout.write(`${cpus()[0]?.model}, 2 threads; llama of 1.5B parameters in q8_0\n`);
  for (const checkpointing of [false, true]) {
    line(
      `1024 tokens packed${checkpointing ? ', checkpoints' : ''}`,
      1024,
      train('llama-1.5b-q8_0', LARGE_SHAPE, 1024, { steps, checkpointing }),
    );
  }
  return 0;
}
