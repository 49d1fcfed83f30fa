// The loss of each token against log-softmax of logits, computed here in double precision.
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { MicroBatch, Model, Trainer } from '../binding.d.ts';
import {
  adamw,
  errorOf,
  type LabelledRow,
  openModel,
  openTrainer,
  packBatch,
  padBatch,
  randomRows,
  shake,
  unwrap,
} from './support.ts';

const fixtures = fileURLToPath(new URL('./fixtures/gradients/', import.meta.url));
let model: Model;
let trainer: Trainer;

beforeAll(async () => {
  model = await openModel(`${fixtures}llama/model.gguf`);
  trainer = await openTrainer(model);
  shake(trainer);
});
afterAll(() => {
  trainer.dispose();
  model.dispose();
});

/** −log softmax of the logits one place before, NaN where the row trains nothing. */
async function expectedLosses({ inputIds, labels }: LabelledRow): Promise<number[]> {
  const logits = unwrap(await trainer.logits(Int32Array.from(inputIds)));
  const width = model.info.vocabularySize;
  return inputIds.map((id, i) => {
    if (i === 0 || labels[i] === -100) return Number.NaN;
    const line = logits.subarray((i - 1) * width, i * width);
    const largest = line.reduce((most, x) => Math.max(most, x), Number.NEGATIVE_INFINITY);
    const total = line.reduce((sum, x) => sum + Math.exp(x - largest), 0);
    return Math.log(total) + largest - (line[id] ?? Number.NaN);
  });
}

function expectClose(actual: Float32Array, expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  for (const [i, loss] of expected.entries()) {
    if (Number.isNaN(loss)) expect(actual[i], `token ${i}`).toBeNaN();
    else expect(Math.abs((actual[i] ?? Number.NaN) - loss), `token ${i}`).toBeLessThan(1e-3);
  }
}

async function sumEqualsEvaluate(batch: MicroBatch): Promise<void> {
  const losses = unwrap(await trainer.tokenLosses(batch)).filter(loss => !Number.isNaN(loss));
  const { lossSum, trainedTokens } = unwrap(await trainer.evaluate(batch));
  expect(losses.length).toBe(trainedTokens);
  expect(losses.reduce((sum, loss) => sum + loss, 0)).toBeCloseTo(lossSum, 6);
}

// lengths that are and are no multiple of the vector width, and one with a single trained token
const rows: LabelledRow[] = [
  ...randomRows(41, [37, 16, 5, 33]),
  { inputIds: [7, 8, 9, 10], labels: [-100, -100, -100, 10] },
];

it('stand at their tokens in padded rows of different lengths', async () => {
  const length = 41;
  const batch = padBatch(rows, length);
  const expected: number[] = [];
  for (const row of rows) {
    const own = await expectedLosses(row);
    expected.push(...own, ...Array<number>(length - own.length).fill(Number.NaN));
  }
  expectClose(unwrap(await trainer.tokenLosses(batch)), expected);
  await sumEqualsEvaluate(batch);
});

it('stand at their tokens in a packed row, none at a sequence’s start', async () => {
  const whole = rows.map(row => ({ ...row, labels: row.inputIds }));
  const expected: number[] = [];
  for (const row of whole) expected.push(...(await expectedLosses(row)));
  const batch = packBatch(whole);
  expectClose(unwrap(await trainer.tokenLosses(batch)), expected);
  await sumEqualsEvaluate(batch);
});

it('are those of ggml’s own operations too', async () => {
  process.env['LUTHIER_TEST_PLAIN_OPERATIONS'] = '1';
  const plain = await openTrainer(model);
  delete process.env['LUTHIER_TEST_PLAIN_OPERATIONS'];
  shake(plain);
  const batch = padBatch(rows);
  expectClose(unwrap(await plain.tokenLosses(batch)), [...unwrap(await trainer.tokenLosses(batch))]);
  plain.dispose();
});

it('leave no gradient, and are refused where nothing is trained', async () => {
  unwrap(await trainer.tokenLosses(padBatch(rows)));
  expect(errorOf(await trainer.step(adamw)).code).toBe('step.noGradient');
  const masked = padBatch(rows.map(row => ({ ...row, labels: row.labels.map(() => -100) })));
  expect(errorOf(await trainer.tokenLosses(masked)).code).toBe('batch.noTrainedTokens');
});
