// Dropout and NEFTune: the right places, the right size, the right gradient, and none of it in evaluation.
import { closeSync, copyFileSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MicroBatch, Model, NamedTensor, Trainer, TrainerOptions } from '../binding.d.ts';
import { readTensorPlaces } from './gguf-tensors.ts';
import { adamw, openModel, openTrainer, padBatch, randomRows, shake, unwrap } from './support.ts';

const modelPath = fileURLToPath(new URL('./fixtures/gradients/llama/model.gguf', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'luthier-noise-'));
let model: Model;

beforeAll(async () => {
  model = await openModel(modelPath);
});
afterAll(() => {
  model.dispose();
  rmSync(folder, { recursive: true });
});

// --- what native/src/training_noise.cpp draws, written a second time from its description ---

const WORD = (1n << 64n) - 1n;
const GOLDEN = 0x9e3779b97f4a7c15n;

function mixBits(value: bigint): bigint {
  let z = (value + GOLDEN) & WORD;
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & WORD;
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & WORD;
  return z ^ (z >> 31n);
}

function hashName(name: string): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of Buffer.from(name)) hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & WORD;
  return hash;
}

interface Moment {
  readonly seed: number;
  readonly step: number;
  readonly microBatch: number;
}

/** The 32 bits drawn for a column of a row. */
function drawn(moment: Moment, name: string, row: number, column: number, width: number): number {
  const ofStep = mixBits(mixBits(BigInt(moment.seed)) + BigInt(moment.step));
  const key = mixBits(mixBits(ofStep + BigInt(moment.microBatch)) ^ hashName(name));
  const pair = BigInt(row) * BigInt(Math.ceil(width / 2)) + BigInt(column >> 1);
  const bits = mixBits((key + pair * GOLDEN) & WORD);
  return Number(column % 2 === 0 ? bits & 0xffffffffn : bits >> 32n);
}

const isKept = (bits: number, dropout: number) => bits >= Math.round(dropout * 2 ** 32);

/** A trainer whose next micro-batch is the first one behind its last update. */
function atFirstMicroBatch(trainer: Trainer): Trainer {
  unwrap(trainer.restoreOptimizer(trainer.optimizerState()));
  return trainer;
}

async function lossOf(trainer: Trainer, batch: MicroBatch): Promise<number> {
  return unwrap(await atFirstMicroBatch(trainer).accumulate(batch)).lossSum;
}

async function shakenTrainer(options: Partial<TrainerOptions>): Promise<Trainer> {
  const trainer = await openTrainer(model, options);
  shake(trainer);
  return trainer;
}

describe('dropout', () => {
  it('switches off about its share of the places, others at each step, micro-batch and matrix', () => {
    const count = (moment: Moment, name: string, other?: Moment, otherName = name) => {
      let kept = 0;
      let same = 0;
      for (let row = 0; row < 100; row++) {
        for (let column = 0; column < 100; column++) {
          const isIt = isKept(drawn(moment, name, row, column, 100), 0.3);
          if (isIt) kept++;
          if (other && isIt === isKept(drawn(other, otherName, row, column, 100), 0.3)) same++;
        }
      }
      return { kept: kept / 10_000, same: same / 10_000 };
    };
    const moment = { seed: 1, step: 3, microBatch: 0 };
    expect(count(moment, 'a').kept).toBeCloseTo(0.7, 1);
    // Two independent draws agree with probability 0.7² + 0.3².
    expect(count(moment, 'a', { ...moment, step: 4 }).same).toBeCloseTo(0.58, 1);
    expect(count(moment, 'a', { ...moment, microBatch: 1 }).same).toBeCloseTo(0.58, 1);
    expect(count(moment, 'a', { ...moment, seed: 2 }).same).toBeCloseTo(0.58, 1);
    expect(count(moment, 'a', moment, 'b').same).toBeCloseTo(0.58, 1);
  });

  it('scales what it keeps and drops the rest, place by place', async () => {
    const dropout = 0.4;
    const last = model.info.layers - 1;
    const options = { rank: 1, alpha: 1, targetModules: ['ffn_down'], lastLayers: 1, seed: 9, dropout };
    const trainer = await openTrainer(model, options);
    const names = { a: `blk.${last}.ffn_down.weight.lora_a`, b: `blk.${last}.ffn_down.weight.lora_b` };
    const parameters = new Map(trainer.parameters().map(tensor => [tensor.name, tensor]));
    const tensor = (name: string, fill: (i: number) => number): NamedTensor => {
      const known = parameters.get(name);
      if (!known) throw new Error(`no ${name}`);
      return { ...known, data: known.data.map((_, i) => fill(i)) };
    };
    const width = parameters.get(names.a)?.shape[0] ?? 0;
    const [row] = randomRows(4, [16]);
    if (!row) throw new Error('no row');
    // One trained token: its loss depends on one row of the last layer's products alone.
    const place = 6;
    const labels = row.inputIds.map((id, i) => (i === place + 1 ? id : -100));
    const batch = padBatch([{ inputIds: row.inputIds, labels }]);
    let dropped = 0;
    for (let column = 0; column < 24; column++) {
      const withColumn = (value: number) => [
        tensor(names.a, i => (i === column ? value : 0)),
        tensor(names.b, i => Math.sin(i + 1)),
      ];
      unwrap(trainer.setParameters(withColumn(0.5)));
      const loss = await lossOf(trainer, batch);
      const kept = isKept(drawn({ seed: 9, step: 0, microBatch: 0 }, names.a, place, column, width), dropout);
      if (!kept) dropped++;
      unwrap(trainer.setParameters(withColumn(kept ? 0.5 / (1 - dropout) : 0)));
      const expected = unwrap(await trainer.evaluate(batch)).lossSum;
      expect([column, Math.abs(loss - expected) < 1e-5 * expected]).toEqual([column, true]);
    }
    expect(dropped).toBeGreaterThan(3);
    expect(dropped).toBeLessThan(21);
    trainer.dispose();
  });

  it.each([false, true])(
    'has the gradient of the loss with the same places switched off (checkpointing: %s)',
    async gradientCheckpointing => {
      const trainer = await shakenTrainer({ dropout: 0.3, gradientCheckpointing });
      const batch = padBatch(randomRows(7, [21, 13]));
      const { trainedTokens } = unwrap(await atFirstMicroBatch(trainer).accumulate(batch));
      const gradients = trainer.gradients();
      const parameters = trainer.parameters();
      for (const [i, gradient] of gradients.entries()) {
        const norm = Math.hypot(...gradient.data);
        const before = parameters[i];
        if (!before) throw new Error('no parameter');
        const step = 2e-2 * Math.max(1e-3, Math.hypot(...before.data));
        const lossAt = async (sign: number) => {
          const data = before.data.map((value, k) => value + (sign * step * (gradient.data[k] ?? 0)) / norm);
          unwrap(trainer.setParameters([{ ...before, data }]));
          return await lossOf(trainer, batch);
        };
        const slope = ((await lossAt(1)) - (await lossAt(-1))) / (2 * step * trainedTokens);
        unwrap(trainer.setParameters([before]));
        expect([before.name, Math.abs(slope / norm - 1) < 2e-2]).toEqual([before.name, true]);
      }
      trainer.dispose();
    },
  );

  it('is the same when a layer is computed twice, and with any number of threads', async () => {
    const batch = padBatch(randomRows(7, [37, 21]));
    const gradientsOf = async (options: Partial<TrainerOptions>) => {
      const trainer = await shakenTrainer({ dropout: 0.3, neftuneAlpha: 5, ...options });
      unwrap(await trainer.accumulate(batch));
      const gradients = trainer.gradients();
      trainer.dispose();
      return gradients;
    };
    const plain = await gradientsOf({ threads: 1 });
    expect(await gradientsOf({ threads: 3 })).toEqual(plain);
    expect(await gradientsOf({ threads: 1, gradientCheckpointing: true })).toEqual(plain);
  });

  it('and noise do nothing in evaluation and in logits', async () => {
    const batch = padBatch(randomRows(7, [37, 21]));
    const ids = Int32Array.from(randomRows(8, [9])[0]?.inputIds ?? []);
    const quiet = await shakenTrainer({});
    const noisy = await shakenTrainer({ dropout: 0.5, neftuneAlpha: 20 });
    expect(unwrap(await noisy.evaluate(batch))).toEqual(unwrap(await quiet.evaluate(batch)));
    expect(unwrap(await noisy.logits(ids))).toEqual(unwrap(await quiet.logits(ids)));
    expect(await lossOf(noisy, batch)).not.toBe(await lossOf(quiet, batch));
    quiet.dispose();
    noisy.dispose();
  });

  it('depends on the updates done, so that a run that goes on draws what it would have drawn', async () => {
    const options = { dropout: 0.3, neftuneAlpha: 5 };
    const batch = padBatch(randomRows(7, [21]));
    const whole = await shakenTrainer(options);
    const first = await lossOf(whole, batch);
    const second = unwrap(await whole.accumulate(batch)).lossSum;
    expect(second).not.toBe(first);
    unwrap(await whole.step(adamw));
    const next = unwrap(await whole.accumulate(batch)).lossSum;
    const resumed = await openTrainer(model, options);
    unwrap(resumed.setParameters(whole.parameters()));
    unwrap(resumed.restoreOptimizer(whole.optimizerState()));
    expect(unwrap(await resumed.accumulate(batch)).lossSum).toBe(next);
    whole.dispose();
    resumed.dispose();
  });
});

describe('NEFTune', () => {
  it('adds the noise of its formula to the embedding of each token', async () => {
    const alpha = 7;
    const seed = 11;
    const rows = [{ inputIds: [3, 5, 8, 13, 21, 34, 55], labels: [-100, -100, 8, 13, -100, 34, 55] }];
    const length = 10;
    const batch = padBatch(rows, length);
    const noisy = await openTrainer(model, { seed, neftuneAlpha: alpha });
    const loss = await lossOf(noisy, batch);
    noisy.dispose();

    // The same noise put into the model's own embeddings: each token stands in the row once.
    const path = join(folder, 'noisy-embeddings.gguf');
    copyFileSync(modelPath, path);
    const embeddings = readTensorPlaces(path).get('token_embd.weight');
    if (!embeddings) throw new Error('no embeddings');
    expect(embeddings.type).toBe(0);
    const width = embeddings.shape[0] ?? 0;
    const bound = alpha / Math.sqrt(length * width);
    const own = readEmbeddings(embeddings.offset, width);
    const fd = openSync(path, 'r+');
    for (const [place, id] of (rows[0]?.inputIds ?? []).entries()) {
      const noised = own(id).map((value, column) => {
        const bits = drawn({ seed, step: 0, microBatch: 0 }, 'embeddings', place, column, width);
        return value + (2 * ((bits >>> 8) * 2 ** -24) - 1) * bound;
      });
      writeSync(fd, Buffer.from(noised.buffer), 0, width * 4, embeddings.offset + id * width * 4);
    }
    closeSync(fd);
    const changed = await openModel(path);
    const quiet = await openTrainer(changed, { seed });
    const expected = unwrap(await quiet.evaluate(batch)).lossSum;
    const without = await openTrainer(model, { seed });
    expect(Math.abs(loss / expected - 1)).toBeLessThan(1e-6);
    expect(Math.abs(unwrap(await without.evaluate(batch)).lossSum / expected - 1)).toBeGreaterThan(1e-4);
    for (const trainer of [quiet, without]) trainer.dispose();
    changed.dispose();
  });
});

function readEmbeddings(offset: number, width: number): (id: number) => Float32Array {
  const { buffer, byteOffset } = Buffer.from(readFileSync(modelPath));
  return id =>
    new Float32Array(
      buffer.slice(byteOffset + offset + id * width * 4, byteOffset + offset + (id + 1) * width * 4),
    );
}
