// What goes wrong in training has a code, and nothing aborts.
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MicroBatch, Model, NamedTensor, Trainer } from '../binding.d.ts';
import {
  adamw,
  errorOf,
  native,
  openModel,
  openTrainer,
  packBatch,
  trainerOptions,
  unwrap,
} from './support.ts';

const fixtures = fileURLToPath(new URL('./fixtures/gradients/', import.meta.url));
let model: Model;

beforeAll(async () => {
  model = await openModel(`${fixtures}llama/model.gguf`);
});
afterAll(() => model.dispose());

describe('errors', () => {
  let trainer: Trainer;
  const good = packBatch([{ inputIds: [5, 6, 7, 8], labels: [-100, 6, 7, 8] }]);
  beforeAll(async () => {
    trainer = await openTrainer(model);
  });
  afterAll(() => trainer.dispose());

  const ids = (...values: number[]) => Int32Array.from(values);
  it.each<[string, Partial<MicroBatch>]>([
    ['batch.shape', { inputIds: ids(5, 6, 7) }],
    ['batch.shape', { batchSize: 0, length: 4 }],
    ['batch.shape', { positionIds: ids(0, 1, 2, 2) }],
    ['batch.shape', { positionIds: ids(1, 2, 3, 4) }],
    ['batch.shape', { sequenceIds: ids(0, 1, 0, 0), positionIds: ids(0, 0, 0, 1) }],
    ['batch.shape', { sequenceIds: ids(0, -1, 0, 0), labels: ids(-100, -100, 7, 8) }],
    ['batch.shape', { sequenceIds: ids(0, 0, 0, -2) }],
    ['batch.tokenOutOfRange', { inputIds: ids(5, 6, 7, 272), labels: ids(-100, 6, 7, -100) }],
    ['batch.tokenOutOfRange', { inputIds: ids(-1, 6, 7, 8) }],
    ['batch.labelMismatch', { labels: ids(-100, 7, 7, 8) }],
    ['batch.labelMismatch', { sequenceIds: ids(0, 0, 0, -1) }],
    ['batch.noTrainedTokens', { labels: ids(-100, -100, -100, -100) }],
    ['batch.noTrainedTokens', { labels: ids(5, -100, -100, -100) }],
  ])('%s is found before the graph runs: %o', async (code, change) => {
    expect(errorOf(await trainer.accumulate({ ...good, ...change })).code).toBe(code);
    expect(errorOf(await trainer.evaluate({ ...good, ...change })).code).toBe(code);
    expect(errorOf(await trainer.step(adamw)).code).toBe('step.noGradient');
  });

  it('names rows beyond the model’s context, also for logits', async () => {
    const length = model.info.contextLength + 1;
    const row = { inputIds: Array<number>(length).fill(3), labels: Array<number>(length).fill(3) };
    expect(errorOf(await trainer.accumulate(packBatch([row]))).code).toBe('batch.tooLong');
    expect(errorOf(await trainer.logits(Int32Array.from(row.inputIds))).code).toBe('batch.tooLong');
    expect(errorOf(await trainer.logits(ids())).code).toBe('batch.shape');
    expect(errorOf(await trainer.logits(ids(9999))).code).toBe('batch.tokenOutOfRange');
  });

  it('names a batch that needs more memory than there is', async () => {
    // ggml's operations hold 4 heads of 131,072² attention weights: 275 GB
    process.env['LUTHIER_TEST_PLAIN_OPERATIONS'] = '1';
    const plain = await openTrainer(model);
    delete process.env['LUTHIER_TEST_PLAIN_OPERATIONS'];
    const row = { inputIds: Array<number>(64).fill(3), labels: Array<number>(64).fill(3) };
    const error = errorOf(await plain.accumulate(packBatch(Array<typeof row>(2048).fill(row))));
    expect(error.code).toBe('trainer.outOfMemory');
    expect((await plain.accumulate(good)).ok).toBe(true);
    unwrap(await plain.step(adamw));
    plain.dispose();
  });

  it('stops at a loss that is no number, and forgets its gradient', async () => {
    const broken = await openTrainer(model);
    unwrap(
      broken.setParameters(
        broken.parameters().map(tensor => ({ ...tensor, data: tensor.data.map(() => 1e30) })),
      ),
    );
    expect(errorOf(await broken.accumulate(good)).code).toBe('loss.notFinite');
    expect(errorOf(await broken.step(adamw)).code).toBe('step.noGradient');
    expect(broken.gradients().every(({ data }) => data.every(x => x === 0))).toBe(true);
    broken.dispose();
  });

  it('refuses what cannot be trained or targeted', async () => {
    const attempt = async (options: object) =>
      errorOf(await native.Trainer.create(model, trainerOptions(model, options)));
    expect(await attempt({ targetModules: ['attn_q', 'output'] })).toMatchObject({
      code: 'adapter.targetUnknown',
      details: { target: 'output' },
    });
    expect((await attempt({ targetModules: [] })).code).toBe('adapter.targetUnknown');
    expect((await attempt({ targetModules: ['lm_head'] })).message).toBe(
      'The model has no weights called lm_head that an adapter could target; it has attn_q, attn_k, attn_v, attn_output, ffn_gate, ffn_up and ffn_down.',
    );
    const vocabulary = await openModel(`${fixtures}llama/model.gguf`, true);
    expect(errorOf(await native.Trainer.create(vocabulary, trainerOptions(model))).code).toBe(
      'model.vocabOnly',
    );
    vocabulary.dispose();
  });

  // The names that a recipe has by default, and what becomes of them where a model fuses or lacks weights.
  const ATTENTION = ['attn_q', 'attn_k', 'attn_v'];
  const EVERYTHING = [...ATTENTION, 'attn_output', 'ffn_gate', 'ffn_up', 'ffn_down'];
  it.each([
    ['phi3', EVERYTHING, ['attn_qkv', 'attn_output', 'ffn_up', 'ffn_down']],
    ['phi3', ATTENTION, ['attn_qkv']],
    ['phi3', ['attn_qkv'], ['attn_qkv']],
    ['phi3', ['attn_q', 'attn_v'], null],
    ['phi3', ['ffn_gate'], null],
    ['starcoder2', EVERYTHING, [...ATTENTION, 'attn_output', 'ffn_up', 'ffn_down']],
    ['starcoder2', ['ffn_gate', 'ffn_down'], null],
    ['gemma3', EVERYTHING, EVERYTHING],
  ])('on %s takes %j for %j', async (name, targetModules, expected) => {
    const other = await openModel(`${fixtures}${name}/model.gguf`);
    const opened = await native.Trainer.create(other, trainerOptions(other, { targetModules }));
    if (expected === null) {
      expect(errorOf(opened).code).toBe('adapter.targetUnknown');
    } else {
      const names = unwrap(opened)
        .parameters()
        .map(({ name: parameter }) => parameter.split('.')[2]);
      expect([...new Set(names)]).toEqual(expected);
      unwrap(opened).dispose();
    }
    other.dispose();
  });

  it('answers a second call at the same time with a code', async () => {
    const both = await Promise.all([trainer.evaluate(good), trainer.evaluate(good)]);
    expect(both.filter(result => result.ok)).toHaveLength(1);
    expect(both.flatMap(result => (result.ok ? [] : [result.error.code]))).toEqual(['trainer.busy']);
  });

  it('refuses parameters of another shape and changes none', async () => {
    const before = trainer.parameters();
    const first = before[0] as NamedTensor;
    const wrong = [
      { ...first, data: first.data.map(() => 1) },
      { ...first, name: 'blk.0.attn_q.weight.lora_c' },
    ];
    expect(errorOf(trainer.setParameters(wrong)).code).toBe('adapter.shapeMismatch');
    expect(errorOf(trainer.setParameters([{ ...first, shape: [1, 1] }])).code).toBe('adapter.shapeMismatch');
    expect(trainer.parameters()).toEqual(before);
  });

  it('throws only where the types are broken', async () => {
    expect(() => trainer.accumulate({} as MicroBatch)).toThrow(TypeError);
    expect(() => trainer.accumulate({ ...good, labels: [1, 2] as unknown as Int32Array })).toThrow(
      'labels must be a Int32Array',
    );
    expect(() => trainer.step({ ...adamw, learningRate: Number.NaN })).toThrow('learningRate must be finite');
    expect(() => native.Trainer.create({} as Model, trainerOptions(model))).toThrow('expected a Model');
    const disposed = await openTrainer(model);
    const underWay = disposed.evaluate(good);
    disposed.dispose();
    disposed.dispose();
    expect((await underWay).ok).toBe(true);
    expect(() => disposed.evaluate(good)).toThrow('disposed');
  });
});
