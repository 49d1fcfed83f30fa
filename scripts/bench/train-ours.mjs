// One measured training in a process of its own: `node train-ours.mjs JOB`, a line of JSON on standard output.
//
// JOB is a JSON file: model, rows (inputIds, labels, lengths), threads, rank, alpha, checkpointing, warmUp,
// adapter (where to save the untrained adapter, or null), nativeDirectory.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const job = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const native = createRequire(import.meta.url)(join(job.nativeDirectory, 'luthier.node'));

function unwrap(result) {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result.value;
}

function microBatch({ inputIds, labels, lengths }) {
  return {
    batchSize: 1,
    length: inputIds.length,
    inputIds: Int32Array.from(inputIds),
    labels: Int32Array.from(labels),
    positionIds: Int32Array.from(lengths.flatMap(own => Array.from({ length: own }, (_, i) => i))),
    sequenceIds: Int32Array.from(lengths.flatMap((own, sequence) => Array(own).fill(sequence))),
  };
}

const model = unwrap(await native.Model.open(job.model, { vocabularyOnly: false }));
const trainer = unwrap(
  await native.Trainer.create(model, {
    rank: job.rank,
    alpha: job.alpha,
    rsLora: false,
    targetModules: model.info.targetModules,
    lastLayers: null,
    seed: 1,
    initialAdapter: null,
    threads: job.threads,
    gradientCheckpointing: job.checkpointing,
    dropout: 0,
    neftuneAlpha: 0,
  }),
);
if (job.adapter) unwrap(await trainer.saveAdapter(job.adapter));
const steps = [];
for (const row of job.rows) {
  const startedAt = performance.now();
  const before = process.cpuUsage();
  const { lossSum, trainedTokens } = unwrap(await trainer.accumulate(microBatch(row)));
  const { gradNorm } = unwrap(
    await trainer.step({
      optimizer: 'adamw',
      learningRate: job.learningRate,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      weightDecay: 0,
      maxGradNorm: 1,
    }),
  );
  const { user, system } = process.cpuUsage(before);
  steps.push({
    seconds: (performance.now() - startedAt) / 1000,
    cpuSeconds: (user + system) / 1e6,
    loss: lossSum / trainedTokens,
    gradNorm,
    trainedTokens,
  });
}
process.stdout.write(
  `${JSON.stringify({ steps, peakBytes: process.resourceUsage().maxRSS * 1024, parameters: trainer.parameterCount })}\n`,
);
trainer.dispose();
model.dispose();
