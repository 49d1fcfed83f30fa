import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { PreflightReport } from '../src-shared/domain/preflight.ts';
import { createWorkspace, demoDirectory, runLuthier } from './luthier-process.ts';

const workspace = createWorkspace('runs-show');
afterAll(workspace.remove);

describe('luthier runs show', () => {
  it('says what was expected of memory and time beside what was measured', async () => {
    const recipe = join(demoDirectory, 'demo.luthier.yaml');
    const trained = await runLuthier(
      ...['train', recipe, '--set', 'training.maxSteps=2', '--json', '--home', workspace.home],
    );
    const { id } = trained.json[0] as { id: string };
    const { json } = await runLuthier('runs', 'show', id, '--json', '--home', workspace.home);
    const run = json[0] as { memoryBytes: number; preflight: { estimate: { memoryBytes: number } } };
    const [peak, estimate] = [run.memoryBytes, run.preflight.estimate.memoryBytes].map(bytes =>
      Math.round(bytes / 1024 ** 2),
    );
    const { stdout } = await runLuthier('runs', 'show', id, '--home', workspace.home);
    expect(stdout).toContain(`Memory    peak ${peak} MiB, estimate ${estimate} MiB`);
    expect(json[0]).toMatchObject({
      versions: { device: expect.stringMatching(/./), native: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    expect(stdout).toMatch(/^Device {4}\S/m);
    expect(stdout).toMatch(/^Time {6}[\d.e-]+ s per step, no estimate$/m);
  });

  it('expects of the next run of a model the pace of the last one', async () => {
    const recipe = join(demoDirectory, 'demo.luthier.yaml');
    const preflight = async (...set: readonly string[]) => {
      const overrides = set.flatMap(each => ['--set', each]);
      const { json } = await runLuthier(
        ...['preflight', recipe, ...overrides, '--json', '--home', workspace.home],
      );
      return (json[0] as PreflightReport).estimate;
    };
    const { secondsPerStep, assumptions } = await preflight();
    expect(secondsPerStep).toBeGreaterThan(0);
    expect(assumptions.at(-1)).toMatch(
      / tokens at [\d,]+ a second, as in the run order-cards of this model\.$/,
    );
    const twice = await preflight('training.gradientAccumulationSteps=2');
    expect(twice.secondsPerStep).toBeCloseTo(2 * (secondsPerStep ?? 0), 6);
    expect((await preflight('adapter.layers={last: 1}')).secondsPerStep).toBeNull();
  });
});
