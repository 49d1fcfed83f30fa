import { describe, expect, it } from 'vitest';
import type { PreflightReport } from '../../../src-shared/domain/preflight.ts';
import { parseRecipe } from '../../../src-shared/recipe/faults.ts';
import type { ProbeFindings } from '../job-results.ts';
import { withProbe } from './judge-probe.ts';

const report: PreflightReport = {
  status: 'ready',
  totals: {
    examples: 1,
    kept: 1,
    dropped: {},
    tokens: 2,
    trainableTokens: 1,
    truncatedExamples: 0,
    steps: 2,
    lengths: { p50: 2, p95: 2, max: 2 },
  },
  checks: [],
  estimate: { memoryBytes: 100, secondsPerStep: null, assumptions: ['estimated'] },
};

/** Of a vocabulary of 1,000: guessing has the loss ln 1000 = 6.908, twice that is 13.816. */
const good: ProbeFindings = {
  loss: 2.5,
  vocabularySize: 1000,
  labelsCounted: 40,
  labelsSeen: 40,
  weightsWithoutGradient: [],
  adaptedWeights: 14,
  lossesAfterSteps: [2.4, 2.6, 2.2],
  rows: [3, 8],
  secondsPerStep: 1.5,
  memoryBytes: 123,
  warnings: ['A device is not used.'],
};

function judged(found: Partial<ProbeFindings>, allow: readonly string[] = []) {
  const parsed = parseRecipe({
    version: 1,
    model: { path: '/m.gguf' },
    dataset: { path: '/d.jsonl' },
    preflight: { allow: [...allow] },
  });
  if (!parsed.ok) throw new Error('the recipe of the test is wrong');
  return withProbe(report, parsed.recipe, { ...good, ...found });
}

const severities = (found: Partial<ProbeFindings>) =>
  Object.fromEntries(judged(found).checks.map(({ id, severity }) => [id, severity]));

describe('a probe', () => {
  it('that finds nothing passes, and its measured figures take the place of the estimate', () => {
    expect(severities({})).toEqual({ 'probe.loss': 'ok', 'probe.gradient': 'ok' });
    expect(judged({})).toMatchObject({
      status: 'ready',
      estimate: { memoryBytes: 123, secondsPerStep: 1.5 },
    });
    expect(judged({}).estimate.assumptions).toContain('A device is not used.');
  });

  it.each([
    ['a loss that is no number', { loss: Number.NaN }],
    ['a loss above twice that of guessing', { loss: 13.9 }],
    ['labels that the trainer does not see', { labelsSeen: 39 }],
  ])('blocks for %s', (_what, found) => {
    expect(severities(found)['probe.loss']).toBe('error');
    expect(judged(found).status).toBe('blocked');
  });

  it('lets a loss just below twice that of guessing pass', () => {
    expect(severities({ loss: 13.8 })['probe.loss']).toBe('ok');
  });

  it.each([
    ['a weight without gradient', { weightsWithoutGradient: ['blk.0.attn_k.weight'] }],
    ['a loss that does not fall', { lossesAfterSteps: [2.4, 2.5] }],
    ['a loss that becomes no number', { lossesAfterSteps: [2.4, Number.NaN] }],
  ])('blocks for %s', (_what, found) => {
    expect(severities(found)['probe.gradient']).toBe('error');
    expect(judged(found).status).toBe('blocked');
  });

  it('names the weights that would not learn, and can be overridden knowingly', () => {
    const found = { weightsWithoutGradient: ['blk.0.attn_k.weight', 'blk.0.attn_v.weight'] };
    const check = judged(found).checks.find(({ id }) => id === 'probe.gradient');
    expect(check?.title).toContain('2 of 14');
    expect(check?.cause).toContain('blk.0.attn_k.weight, blk.0.attn_v.weight');
    expect(judged(found, ['probe.gradient']).status).toBe('ready');
  });
});
