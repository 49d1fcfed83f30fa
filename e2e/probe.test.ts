import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { PreflightReport } from '../src-shared/domain/preflight.ts';
import { createWorkspace, demoDirectory, demoModel, runLuthier, startLuthier } from './luthier-process.ts';

const workspace = createWorkspace('probe');
afterAll(workspace.remove);

const recipePath = workspace.write(
  'probe.luthier.yaml',
  `version: 1
name: probe
model: {path: ${JSON.stringify(demoModel)}}
dataset: {path: ${JSON.stringify(join(demoDirectory, 'train.jsonl'))}, limit: 60}
collator: {maxLength: 256}
adapter: {rank: 4, alpha: 8, dropout: 0.1}
training: {epochs: 1, batchSize: 4, gradientAccumulationSteps: 2}
`,
);
const args = ['preflight', recipePath, '--probe', '--json', '--home', workspace.home];

describe('preflight --probe', () => {
  it('takes a real step: right loss, a gradient everywhere, measured memory and time; and keeps no run', async () => {
    const { code, json } = await runLuthier(...args);
    expect(code).toBe(0);
    const report = json[0] as PreflightReport;
    const probed = report.checks.filter(({ id }) => id.startsWith('probe.'));
    expect(probed.map(({ id, severity }) => [id, severity]).sort()).toEqual([
      ['probe.gradient', 'ok'],
      ['probe.loss', 'ok'],
    ]);
    expect(report.estimate.secondsPerStep).toBeGreaterThan(0);
    expect(report.estimate.memoryBytes).toBeGreaterThan(30_000_000);
    expect(report.estimate.assumptions.join(' ')).toContain('Measured');
    const runs = await runLuthier('runs', 'list', '--json', '--home', workspace.home);
    expect(runs.json[0]).toEqual({ runs: [], matches: 0 });
    const plain = await runLuthier('preflight', recipePath, '--json', '--home', workspace.home);
    expect((plain.json[0] as PreflightReport).estimate.secondsPerStep).toBe(null);
  });

  it('blocks where no gradient reaches K and V, and names them, though the loss falls', async () => {
    const { code, json } = await startLuthier(args, { LUTHIER_TEST_CUT_KV_GRADIENT: '1' }).finished;
    expect(code).toBe(2);
    const report = json[0] as PreflightReport;
    const check = report.checks.find(({ id }) => id === 'probe.gradient');
    expect(check).toMatchObject({ severity: 'error' });
    expect(check?.cause).toMatch(/attn_k.*attn_v/);
    expect(check?.cause).not.toContain('attn_q');
  });
});
