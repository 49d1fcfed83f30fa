import { mkdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunSummary } from '../src-shared/domain/run.ts';
import { createWorkspace, runLuthier } from './luthier-process.ts';
import { addPastRuns } from './past-runs.ts';

const workspace = createWorkspace('runs-list');
afterAll(workspace.remove);
beforeAll(() => {
  mkdirSync(workspace.home);
  addPastRuns(workspace.home, 30);
});

async function list(...options: string[]) {
  const { json, code } = await runLuthier(
    ...['runs', 'list', ...options, '--json', '--home', workspace.home],
  );
  const { runs, matches, error } = json[0] as {
    runs: RunSummary[];
    matches: number;
    error: { code: string; remedy: string };
  };
  return { names: runs?.map(({ name }) => name), matches, error, code };
}

describe('luthier runs list', () => {
  it('finds by status, model, words and time together, in any order, so many at most', async () => {
    const { names, matches } = await list(
      ...['--status', 'failed', '--status', 'stopped', '--model', 'GEMMA', '--since', '2026-01-01T00:05:00Z'],
    );
    expect([names, matches]).toEqual([['sweep 10'], 1]);
    const lowest = await list('--text', 'sweep', '--sort', 'lastLoss', '--ascending', '--limit', '2');
    expect(lowest).toMatchObject({ names: ['sweep 29', 'sweep 28'], matches: 30 });
  });

  it('finds by tag, and those that were deleted, until they are erased', async () => {
    await runLuthier('runs', 'tag', 'past-00004', 'kept', '--home', workspace.home);
    expect((await list('--tag', 'Kept')).names).toEqual(['sweep 4']);
    await runLuthier('runs', 'delete', 'past-00004', '--home', workspace.home);
    expect((await list('--deleted')).names).toEqual(['sweep 4']);

    // Erased only when that is said, and only what was deleted before.
    const erase = (...args: string[]) =>
      runLuthier('runs', 'erase', ...args, '--json', '--home', workspace.home);
    const asked = await erase('past-00004');
    expect([asked.code, asked.json[0]]).toMatchObject([
      2,
      { error: { code: 'erase.notConfirmed', details: { runs: [{ id: 'past-00004', name: 'sweep 4' }] } } },
    ]);
    expect((await erase('past-00005', '--yes')).json[0]).toMatchObject({ error: { code: 'run.notFound' } });
    expect((await erase('past-00004', '--yes')).json[0]).toMatchObject({ erased: ['past-00004'], kept: [] });
    expect((await list('--deleted')).names).toEqual([]);
  });

  it('says what may be asked for', async () => {
    const { code, error } = await list('--model', 'mamba');
    expect([code, error.code]).toEqual([2, 'arguments.invalid']);
    expect(error.remedy).toContain('gemma-3-1b');
    expect((await list('--since', 'yesterday')).error.remedy).toContain('7d');
    const text = await runLuthier('runs', 'list', '--limit', '2', '--home', workspace.home);
    expect(text.stdout).toMatch(/^past-00029 {2}completed {4}12\/12 {2}loss .*\n.*\n2 of 29 runs\.\n$/);
  });
});
