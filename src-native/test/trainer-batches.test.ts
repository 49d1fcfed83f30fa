// However tokens are arranged in batches, the loss and the gradient are the same.
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MicroBatch, Model } from '../binding.d.ts';
import {
  adamw,
  errorOf,
  openModel,
  openTrainer,
  packBatch,
  padBatch,
  randomRows,
  shake,
  unwrap,
  worstDifference,
} from './support.ts';

const fixtures = fileURLToPath(new URL('./fixtures/gradients/', import.meta.url));
let model: Model;

beforeAll(async () => {
  model = await openModel(`${fixtures}llama/model.gguf`);
});
afterAll(() => model.dispose());

describe('batches', () => {
  const rows = randomRows(11, [40, 17, 29, 33]);

  async function gradientOf(batches: readonly MicroBatch[], options = {}) {
    const trainer = await openTrainer(model, options);
    shake(trainer);
    let lossSum = 0;
    for (const batch of batches) lossSum += unwrap(await trainer.accumulate(batch)).lossSum;
    const gradients = trainer.gradients();
    trainer.dispose();
    return { lossSum, gradients };
  }

  it('gives padded rows the loss and gradient that they have alone', async () => {
    const together = await gradientOf([padBatch(rows, 48)]);
    const alone = await gradientOf(rows.map(row => padBatch([row])));
    expect(together.lossSum).toBeCloseTo(alone.lossSum, 4);
    expect(worstDifference(together.gradients, alone.gradients)).toBeLessThan(1e-5);
  });

  it('gives packed sequences the loss and gradient that they have alone', async () => {
    const packed = await gradientOf([packBatch(rows)]);
    const alone = await gradientOf(rows.map(row => padBatch([row])));
    expect(packed.lossSum).toBeCloseTo(alone.lossSum, 4);
    expect(worstDifference(packed.gradients, alone.gradients)).toBeLessThan(1e-5);
  });

  it('trains a packed row whose pairs of tokens no memory could hold', async () => {
    const row = randomRows(13, [64])[0] ?? { inputIds: [], labels: [] };
    const alone = await gradientOf([padBatch([row])]);
    const copies = 512; // 32,768² attention weights of 4 heads: 17 GB a layer
    const packed = await gradientOf([packBatch(Array<typeof row>(copies).fill(row))]);
    expect(packed.lossSum / alone.lossSum).toBeCloseTo(copies, 2);
    expect(worstDifference(packed.gradients, alone.gradients)).toBeLessThan(1e-4);
  });

  it('accumulates 2 batches of 2 to the gradient of one of 4', async () => {
    const whole = await gradientOf([padBatch(rows)]);
    const halves = await gradientOf([padBatch(rows.slice(0, 2)), padBatch(rows.slice(2))]);
    expect(halves.lossSum).toBeCloseTo(whole.lossSum, 4);
    expect(worstDifference(halves.gradients, whole.gradients)).toBeLessThan(1e-5);
  });

  it('gives the same gradient with checkpointing', async () => {
    const plain = await gradientOf([padBatch(rows)]);
    const checkpointed = await gradientOf([padBatch(rows)], { gradientCheckpointing: true });
    expect(checkpointed.lossSum).toBe(plain.lossSum);
    expect(worstDifference(checkpointed.gradients, plain.gradients)).toBeLessThan(1e-6);
  });

  it('evaluates to the same loss without a gradient', async () => {
    const trainer = await openTrainer(model);
    shake(trainer);
    const evaluated = unwrap(await trainer.evaluate(padBatch(rows)));
    expect(errorOf(await trainer.step(adamw)).code).toBe('step.noGradient');
    expect(unwrap(await trainer.accumulate(padBatch(rows)))).toEqual(evaluated);
    trainer.dispose();
  });

  it('does not train the label at a sequence’s own start', async () => {
    const row = { inputIds: [1, 2, 3, 4], labels: [1, -100, -100, 4] };
    const trainer = await openTrainer(model);
    expect(unwrap(await trainer.accumulate(padBatch([row]))).trainedTokens).toBe(1);
    expect(unwrap(await trainer.accumulate(packBatch([row, row]))).trainedTokens).toBe(2);
    trainer.dispose();
  });

  it('reuses a trainer for many shapes without mixing them up', async () => {
    const trainer = await openTrainer(model);
    shake(trainer);
    const first = unwrap(await trainer.evaluate(padBatch(rows)));
    for (const length of [3, 70, 12])
      unwrap(await trainer.accumulate(padBatch(randomRows(length, [length, length]))));
    unwrap(await trainer.logits(Int32Array.from([1, 2, 3])));
    expect(unwrap(await trainer.evaluate(padBatch(rows)))).toEqual(first);
    trainer.dispose();
  });

  it('agrees with the log-softmax of its own logits', async () => {
    const trainer = await openTrainer(model);
    shake(trainer);
    const row = rows[0] ?? { inputIds: [], labels: [] };
    const logits = unwrap(await trainer.logits(Int32Array.from(row.inputIds)));
    const width = model.info.vocabularySize;
    let expected = 0;
    for (let i = 1; i < row.inputIds.length; i++) {
      if (row.labels[i] === -100) continue;
      const line = logits.subarray((i - 1) * width, i * width);
      const largest = Math.max(...line);
      expected +=
        Math.log(line.reduce((sum, x) => sum + Math.exp(x - largest), 0)) +
        largest -
        (line[row.labels[i] ?? 0] ?? 0);
    }
    expect(unwrap(await trainer.evaluate(padBatch([row]))).lossSum).toBeCloseTo(expected, 3);
    trainer.dispose();
  });
});
