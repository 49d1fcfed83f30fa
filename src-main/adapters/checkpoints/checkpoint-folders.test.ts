import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OptimizerState } from '../../../src-native/binding.d.ts';
import { fail, ok, orThrow } from '../../../src-shared/contract/coded-error.ts';
import {
  listCheckpoints,
  type NewCheckpoint,
  newestWholeCheckpoint,
  readCheckpoint,
  removeCheckpointsExcept,
  removeLeftovers,
  writeCheckpoint,
} from './checkpoint-folders.ts';
import { checkpoints } from './checkpoints.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'luthier-checkpoints-'));
  writeFileSync(join(directory, 'best.gguf'), 'the best adapter');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const optimizer: OptimizerState = {
  updates: 7,
  moments: [
    {
      name: 'blk.0.attn_q.weight.lora_a',
      first: Float32Array.of(1.5, -0),
      second: Float32Array.of(1e-40, 3),
    },
    { name: 'blk.0.attn_q.weight.lora_b', first: new Float32Array(), second: new Float32Array() },
  ],
};

const checkpoint = (step: number, changed: Partial<NewCheckpoint> = {}): NewCheckpoint => ({
  meta: {
    step,
    preparedDataset: 'p',
    nativeBuild: 'b',
    best: { step: 2, loss: 0.1 + 0.2 },
    evaluationsWithoutGain: 1,
    evaluationLoss: null,
    isStepUnfinished: false,
    elapsedMs: 1234.5,
  },
  optimizer,
  saveAdapter: async path => {
    writeFileSync(path, `the adapter of step ${step}`);
    return ok(null);
  },
  bestAdapterPath: join(directory, 'best.gguf'),
  beforeItCounts: async () => undefined,
  ...changed,
});

const write = async (step: number) => orThrow(await writeCheckpoint(directory, checkpoint(step)));
const newest = (notBeyond = Number.POSITIVE_INFINITY) => newestWholeCheckpoint(directory, notBeyond);

describe('a checkpoint', () => {
  it('is read back to the bit', async () => {
    const path = await write(4);
    const read = orThrow(await readCheckpoint({ step: 4, path }));
    expect(read.meta).toMatchObject({ ...checkpoint(4).meta, updates: 7 });
    expect(read.optimizer).toEqual(optimizer);
    expect(Object.is(read.optimizer.moments[0]?.first[1], -0)).toBe(true);
    expect(readFileSync(read.adapterPath, 'utf8')).toBe('the adapter of step 4');
    expect(readFileSync(read.bestAdapterPath ?? '', 'utf8')).toBe('the best adapter');
  });

  it('keeps its best adapter when a later evaluation replaces the file it came from', async () => {
    const path = await write(4);
    writeFileSync(join(directory, 'best.gguf.new'), 'a better one');
    renameSync(join(directory, 'best.gguf.new'), join(directory, 'best.gguf'));
    expect(readFileSync(join(path, 'best-adapter.gguf'), 'utf8')).toBe('the best adapter');
    expect((await readCheckpoint({ step: 4, path })).ok).toBe(true);
  });

  it('counts only after the history has caught up', async () => {
    const seen: number[] = [];
    const path = await writeCheckpoint(
      directory,
      checkpoint(4, {
        beforeItCounts: async () => void seen.push(listCheckpoints(directory).length),
      }),
    );
    expect(seen).toEqual([0]);
    expect(listCheckpoints(directory)).toEqual([{ step: 4, path: orThrow(path) }]);
  });
});

describe('a checkpoint that is not whole', () => {
  const FILES = ['state.bin', 'adapter.gguf', 'best-adapter.gguf'] as const;

  it.each(FILES)('is recognised by every truncation of its %s', async file => {
    const before = await write(2);
    const path = join(await write(4), file);
    const whole = readFileSync(path);
    for (let length = 0; length < whole.length; length++) {
      rmSync(path);
      writeFileSync(path, whole.subarray(0, length));
      const { checkpoint: found, damaged } = await newest();
      expect([length, found?.path, damaged.map(({ step }) => step)]).toEqual([length, before, [4]]);
    }
  });

  it.each(FILES)('is recognised by every changed byte of its %s', async file => {
    await write(2);
    const path = join(await write(4), file);
    const whole = readFileSync(path);
    // The last bytes of the header are not read; everything else is.
    for (let at = 0; at < whole.length; at++) {
      if (file === 'state.bin' && at >= 56 && at < 64) continue;
      const changed = Buffer.from(whole);
      changed.writeUInt8(changed.readUInt8(at) ^ 0x10, at);
      rmSync(path);
      writeFileSync(path, changed);
      expect([at, (await newest()).checkpoint?.step]).toEqual([at, 2]);
    }
  });

  it.each(FILES)('is recognised by its missing %s', async file => {
    await write(2);
    rmSync(join(await write(4), file));
    expect((await newest()).checkpoint?.step).toBe(2);
  });

  it('is no checkpoint while it has its temporary name, and is cleared away', async () => {
    await write(2);
    const path = await write(4);
    renameSync(path, `${path}.partial`);
    expect((await newest()).checkpoint?.step).toBe(2);
    removeLeftovers(directory);
    expect(readdirSync(join(directory, 'checkpoints'))).toEqual(['step-00000002']);
  });

  it('is not taken for that of another step', async () => {
    await write(2);
    const path = await write(4);
    renameSync(path, path.replace(/4$/, '9'));
    expect((await newest()).checkpoint?.step).toBe(2);
  });
});

describe('writing a checkpoint', () => {
  it('that fails leaves nothing behind and the one before as it was', async () => {
    await write(2);
    const full = { code: 'file.writeFailed', title: '', cause: 'No space left on device', remedy: '' };
    const failing = await writeCheckpoint(
      directory,
      checkpoint(4, {
        saveAdapter: async path => {
          writeFileSync(path, 'half');
          return fail(full);
        },
      }),
    );
    expect(failing).toMatchObject({
      ok: false,
      error: { code: 'checkpoint.writeFailed', cause: 'No space left on device' },
    });
    expect(readdirSync(join(directory, 'checkpoints'))).toEqual(['step-00000002']);
    expect((await newest()).checkpoint?.step).toBe(2);
  });

  it('goes through where a killed process left a temporary folder of the same step', async () => {
    const path = await write(4);
    renameSync(path, `${path}.partial`);
    await write(4);
    expect((await newest()).checkpoint?.step).toBe(4);
  });

  it('replaces the one of the same step', async () => {
    await write(4);
    await writeCheckpoint(
      directory,
      checkpoint(4, { meta: { ...checkpoint(4).meta, evaluationLoss: 0.25 } }),
    );
    expect((await newest()).checkpoint?.meta.evaluationLoss).toBe(0.25);
    expect(readdirSync(join(directory, 'checkpoints'))).toEqual(['step-00000004']);
  });
});

describe('the newest whole checkpoint', () => {
  it('is not beyond the step up to which the history is whole', async () => {
    for (const step of [2, 4, 10]) await write(step);
    expect((await newest(9)).checkpoint?.step).toBe(4);
    expect((await newest(1)).checkpoint).toBe(null);
  });

  it('is what is left when the ones behind it are removed', async () => {
    for (const step of [2, 4, 10]) await write(step);
    checkpoints.removeBeyond(directory, 4);
    expect(listCheckpoints(directory).map(({ step }) => step)).toEqual([2, 4]);
    removeCheckpointsExcept(directory, new Set());
    expect(existsSync(join(directory, 'checkpoints', 'step-00000002'))).toBe(false);
  });
});
