import { describe, expect, it } from 'vitest';
import { recipeSchema } from '../../../src-shared/recipe/schema.ts';
import { planTraining } from '../batches/training-plan.ts';
import { changeRecipe } from './change-recipe.ts';
import { completeReport, type DataReport } from './complete-report.ts';
import { estimateMemory, GROWTH_BYTES } from './estimate-memory.ts';
import type { ModelFacts } from './preflight-facts.ts';
import type { RunFacts } from './run-facts.ts';

const MIB = 1024 ** 2;

/** Llama, 8 layers of 512, an F32 file: one of those that the estimate's constants were fitted to. */
const model: ModelFacts = {
  architecture: 'llama',
  parameters: 24_600_000,
  weightBytes: 98_665_248,
  quantization: 'F32',
  vocabularySize: 2048,
  contextLength: 4096,
  embeddingLength: 512,
  feedForwardLength: 1408,
  headLength: 64,
  layers: 8,
  heads: 8,
  keyValueHeads: 2,
  targetModules: ['attn_q', 'attn_k', 'attn_v', 'attn_output', 'ffn_gate', 'ffn_up', 'ffn_down'],
  untrainableReason: null,
  padId: null,
  eosId: 2,
};

const data: DataReport = {
  totals: {
    examples: 100,
    kept: 100,
    dropped: {},
    tokens: 1,
    trainableTokens: 1,
    truncatedExamples: 0,
    steps: 0,
    lengths: { p50: 512, p95: 512, max: 512 },
  },
  checks: [],
};

function factsOf(keys: object, freeMemoryBytes: number | null = null, length = 512): RunFacts {
  const recipe = recipeSchema.parse({ version: 1, model: { path: 'm' }, dataset: { path: 'd' }, ...keys });
  const trainingLengths = new Uint32Array(100).fill(length);
  return {
    recipe,
    totals: data.totals,
    trainingLengths,
    plan: planTraining({ ...recipe.training, ...recipe.collator, lengths: trainingLengths }),
    model,
    freeMemoryBytes,
  };
}

const mebibytes = (keys: object, length?: number) =>
  estimateMemory(factsOf(keys, null, length)).memoryBytes / MIB;

describe('estimateMemory', () => {
  /** Peaks of a young trainer on the processor, in MiB, as its step events gave them. */
  it.each([
    [215.4, 64, { batchSize: 1, gradientCheckpointing: 'off' }, 16],
    [297.3, 512, { batchSize: 1, gradientCheckpointing: 'off' }, 16],
    [577.8, 512, { batchSize: 4, gradientCheckpointing: 'off' }, 16],
    [332.0, 512, { batchSize: 4, gradientCheckpointing: 'on' }, 16],
    [332.1, 2048, { batchSize: 1, gradientCheckpointing: 'on' }, 16],
    [500.7, 512, { batchSize: 1, gradientCheckpointing: 'off' }, 128],
  ])('is within 5 %% of a measured peak of %d MiB', (measured, length, training, rank) => {
    const estimated = mebibytes({ training, adapter: { rank } }, length) - GROWTH_BYTES / MIB;
    expect(Math.abs(estimated / measured - 1)).toBeLessThan(0.05);
  });

  /** Peaks with ggml's operations on the processor, which are those of a GPU. */
  it.each([
    [403.7, 512],
    [774.0, 1024],
    [1962.3, 2048],
  ])('knows that a GPU keeps the matrix of attention: within 10 %% of %d MiB', (measured, length) => {
    const training = { batchSize: 1, gradientCheckpointing: 'off' };
    const estimated = mebibytes({ training, device: { backend: 'vulkan' } }, length);
    expect(Math.abs(estimated / measured - 1)).toBeLessThan(0.1);
    expect(estimated).toBeGreaterThan(mebibytes({ training }, length));
  });

  it('takes the recipe at its word: auto recomputes from a size on, SGD keeps no moments, few layers need less', () => {
    const large = { batchSize: 4, gradientCheckpointing: 'auto' };
    expect(mebibytes({ training: large })).toBe(
      mebibytes({ training: { ...large, gradientCheckpointing: 'on' } }),
    );
    expect(mebibytes({ training: { optimizer: 'sgd' } })).toBeLessThan(mebibytes({}));
    expect(mebibytes({ adapter: { layers: { last: 2 } } })).toBeLessThan(mebibytes({}));
  });

  it('counts no more rows than there are, and packed rows by what fills them', () => {
    const most = mebibytes({ training: { batchSize: 100 } });
    expect(mebibytes({ training: { batchSize: 10_000 } })).toBeCloseTo(most, 6);
    const packed = mebibytes({ training: { batchSize: 1 }, collator: { strategy: 'pack', maxLength: 2048 } });
    const padded = mebibytes({ training: { batchSize: 1 } });
    expect(packed).toBeGreaterThan(padded);
  });
});

describe('memory.exceeds', () => {
  const keys = { training: { batchSize: 32, gradientAccumulationSteps: 2, gradientCheckpointing: 'off' } };
  const checkWith = (free: number, own: object = keys) => {
    const report = completeReport(data, factsOf(own, free));
    const check = report.checks.find(({ id }) => id === 'memory.exceeds');
    if (!check) throw new Error('There is no such check.');
    return { report, check };
  };

  it('blocks well above what is free, warns about as much, passes below', () => {
    const { memoryBytes } = estimateMemory(factsOf(keys));
    expect(checkWith(memoryBytes / 1.2).check.severity).toBe('error');
    expect(checkWith(memoryBytes / 1.1).check.severity).toBe('warning');
    expect(checkWith(memoryBytes).check.severity).toBe('ok');
  });

  it('offers what does least harm first, and each change brings what it promises', () => {
    const free = 1400 * MIB;
    const { check } = checkWith(free);
    expect(check.severity).toBe('error');
    expect(check.fixes.map(({ id }) => id)).toEqual([
      'training.gradientCheckpointing',
      'training.batchSize.8',
    ]);
    for (const { set, promise } of check.fixes) {
      const changed = changeRecipe(factsOf(keys).recipe, set);
      if (!changed) throw new Error('No valid recipe.');
      const after = checkWith(free, { training: changed.training, adapter: changed.adapter });
      expect({ severity: after.check.severity, memoryBytes: after.report.estimate.memoryBytes }).toEqual({
        severity: promise?.severity,
        memoryBytes: promise?.memoryBytes,
      });
      const { batchSize, gradientAccumulationSteps } = changed.training;
      expect(batchSize * gradientAccumulationSteps).toBe(64);
    }
  });

  it('combines changes, and lowers the rank, only where less is not enough', () => {
    const ranked = { ...keys, adapter: { rank: 512, alpha: 1024 } };
    const offered = (free: number) => checkWith(free * MIB, ranked).check.fixes;
    expect(offered(1250).map(({ id }) => id)).toEqual(['training.batchSize.1']);
    expect(offered(1040).map(({ id }) => id)).toEqual(['training.batchSize.recomputed']);
    const [lowest, ...others] = offered(600);
    expect(others).toEqual([]);
    expect(lowest).toMatchObject({
      id: 'adapter.rank.128',
      set: { 'adapter.rank': 128, 'adapter.alpha': 256, 'training.batchSize': 1 },
    });
  });
});

describe('preflight.allow', () => {
  const blocking = (id: string): DataReport => ({
    ...data,
    checks: [{ id, severity: 'error', title: 'x', cause: 'y', count: 1, rows: [0], fixes: [] }],
  });

  it('lets a named check through, and says so beside its severity', () => {
    const facts = factsOf({ preflight: { allow: ['data.invalid'] } });
    const { status, checks } = completeReport(blocking('data.invalid'), facts);
    expect(status).toBe('ready');
    expect(checks[0]).toMatchObject({ id: 'data.invalid', severity: 'error', allowed: true });
    expect(completeReport(blocking('template.refused'), facts).status).toBe('blocked');
  });

  it('never lets through a dataset without trained tokens, whoever wrote the recipe', () => {
    const facts = factsOf({});
    const forged = { ...facts, recipe: { ...facts.recipe, preflight: { allow: ['labels.none'] } } };
    expect(completeReport(blocking('labels.none'), forged).status).toBe('blocked');
  });
});
