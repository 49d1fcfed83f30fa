/** Test-only: a history in a folder of its own, and runs to put into it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunSummary } from '../../../src-shared/domain/run.ts';
import { ALL_RUNS } from '../../../src-shared/domain/run-list.ts';
import { parseRecipe } from '../../../src-shared/recipe/faults.ts';
import type { NewRun, RunRecords, RunStore } from '../../backend/ports.ts';
import { openDatabase } from './open-database.ts';
import { createRunStore } from './run-store.ts';

export function emptyHistory() {
  const directory = mkdtempSync(join(tmpdir(), 'luthier-history-'));
  const path = join(directory, 'history.sqlite');
  const opened = openDatabase(path);
  if (!opened.ok) throw new Error(opened.error.cause);
  const store = createRunStore(opened.value);
  return {
    directory,
    path,
    store,
    database: opened.value,
    remove() {
      store.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

const parsed = parseRecipe({ version: 1, model: { path: '/m.gguf' }, dataset: { path: '/d.jsonl' } });
if (!parsed.ok) throw new Error('the recipe of the fixture is wrong');
export const { recipe } = parsed;

export function newRun(id: string, changes: Partial<NewRun> = {}): NewRun {
  return {
    id,
    name: 'a run',
    createdAt: '2026-01-01T00:00:00.000Z',
    recipe,
    hashes: { data: 'd', model: 'm', template: 't', preparedDataset: 'p' },
    versions: { luthier: '0' },
    preflight: {
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
      estimate: { memoryBytes: 0, secondsPerStep: null, assumptions: [] },
    },
    modelName: 'm',
    dataName: 'd.jsonl',
    plannedSteps: 2,
    ownerPid: 1,
    ...changes,
  };
}

export function allRuns(store: RunStore): RunSummary[] {
  return store.page({ ...ALL_RUNS, count: 100_000 }).runs;
}

export const nothing: RunRecords = {
  steps: [],
  evaluations: [],
  samples: [],
  warnings: [],
  checkpoints: null,
};

export const ended = {
  endedAt: '2026-01-02T00:00:00.000Z',
  adapterPath: null,
  bestAdapterPath: null,
  error: null,
  processExit: null,
  demo: null,
  paused: false,
  repetition: null,
};
