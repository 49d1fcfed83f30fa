import { describe, expect, it } from 'vitest';
import { judgeVerification } from './judge-verification.ts';
import { type ExportInputs, mustBeEqual, neededBytes } from './plan-export.ts';

const inputs: ExportInputs = {
  runName: 'r',
  recipe: {} as ExportInputs['recipe'],
  now: 0,
  modelPath: '/m/base.gguf',
  adapterPath: '/a.gguf',
  adapterBytes: 1_000,
  modelBytes: 4_000_000,
  modelName: null,
  parameters: 1_000_000,
  quantization: 'F32',
};
const bytes = (weightType: 'keep' | 'F16' | 'Q8_0', given = inputs) =>
  neededBytes({ format: 'gguf', weightType }, given);

describe('the space of an export', () => {
  it('is what is written, and for a quantized model the float one behind it too', () => {
    expect(neededBytes({ format: 'gguf-adapter', weightType: 'keep' }, inputs)).toBe(1_000);
    expect(bytes('keep')).toBe(4_000_000);
    expect(bytes('F16')).toBeCloseTo(2_200_000);
    expect(bytes('Q8_0')).toBeCloseTo(1_168_750 + 4_000_000);
    const quantized = { ...inputs, quantization: 'Q4_K', modelBytes: 600_000 };
    expect(bytes('Q8_0', quantized)).toBeCloseTo(1_168_750 + 2_200_000);
  });
});

describe('a verification', () => {
  const close = {
    kind: 'predictions' as const,
    tokens: 9,
    largestDifference: 0.2,
    divergence: 0.01,
    sameChoice: 0.9,
  };
  it('must be equal where nothing is rounded, and is a measure elsewhere', () => {
    expect(mustBeEqual({ format: 'gguf', weightType: 'keep' }, inputs)).toBe(true);
    expect(mustBeEqual({ format: 'gguf', weightType: 'Q8_0' }, inputs)).toBe(false);
    expect(judgeVerification(close, true)).toMatchObject({ code: 'export.differs' });
    expect(judgeVerification({ ...close, largestDifference: 9e-4 }, true)).toBeNull();
    expect(judgeVerification(close, false)).toBeNull();
  });

  it('fails in every case where a value is not a number', () => {
    expect(judgeVerification({ ...close, largestDifference: Number.NaN }, false)).not.toBeNull();
    expect(
      judgeVerification({ ...close, largestDifference: Number.POSITIVE_INFINITY }, false),
    ).not.toBeNull();
  });
});
