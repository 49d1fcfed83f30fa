/** Buckets, totals and summaries after any course of a run equal those of its steps alone, worked out by SQL. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Evaluation, StepMetric } from '../../../src-shared/domain/training.ts';
import { allRuns, ended, newRun } from './history-fixture.ts';
import { MIGRATIONS } from './migrations.ts';
import { openDatabase } from './open-database.ts';
import { createRunStore } from './run-store.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { BUCKET_MEASURES, BUCKET_SIZES } from './step-buckets.ts';

let directory = '';
let path = '';
const opened: SqliteDatabase[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'luthier-buckets-'));
  path = join(directory, 'history.sqlite');
});
afterEach(() => {
  for (const database of opened.splice(0)) database.close();
  rmSync(directory, { recursive: true, force: true });
});

function open(): SqliteDatabase {
  const database = openDatabase(path);
  if (!database.ok) throw new Error(database.error.cause);
  opened.push(database.value);
  return database.value;
}

/** Mulberry32: the same numbers in [0, 1) for the same seed. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Few different values, so that extremes are often equal. */
function metric(step: number, random: () => number): StepMetric {
  const some = (count: number) => Math.floor(random() * count);
  return {
    step,
    epoch: step / 100,
    loss: some(40) / 8,
    learningRate: some(5) / 1000,
    gradNorm: some(9) / 4,
    trainableTokens: some(50),
    tokens: 50 + some(50),
    tokensPerSecond: some(100),
    memoryBytes: 1000 + some(10),
    elapsedMs: step * 10 + random(),
  };
}

/** The table as it should be, from nothing but the steps; extremes by window functions, not by merging. */
function expectedBuckets(database: SqliteDatabase): unknown[] {
  const extreme = (column: string, order: 'ASC' | 'DESC', value: 'step' | string) =>
    `first_value(${value}) OVER (PARTITION BY run_id, (step - 1) / :size ORDER BY ${column} ${order}, step)`;
  const columns = BUCKET_MEASURES.flatMap(({ column }) => [
    `${extreme(column, 'ASC', column)} AS ${column}_low`,
    `${extreme(column, 'ASC', 'step')} AS ${column}_low_step`,
    `${extreme(column, 'DESC', column)} AS ${column}_high`,
    `${extreme(column, 'DESC', 'step')} AS ${column}_high_step`,
  ]);
  const whole = 'OVER (PARTITION BY run_id, (step - 1) / :size)';
  return BUCKET_SIZES.flatMap((size, level) =>
    database
      .prepare(
        `SELECT DISTINCT run_id, ${level} AS level, (step - 1) / :size AS bucket, count(*) ${whole} AS steps,
          max(step) ${whole} AS last_step, sum(loss) ${whole} AS loss_sum, ${columns.join(', ')}
        FROM steps ORDER BY run_id, bucket`.replaceAll(':size', String(size)),
      )
      .all(),
  );
}

function expectEverythingToFit(database: SqliteDatabase): void {
  const stored = database.prepare('SELECT * FROM step_buckets ORDER BY level, run_id, bucket').all();
  // Losses are eighths and few, so that their sums are exact in any order.
  expect(stored).toEqual(expectedBuckets(database));
  const totals = database
    .prepare(
      `SELECT trained_total AS trained, tokens_total AS tokens,
        sum(trainable_tokens) OVER (PARTITION BY run_id ORDER BY step) AS trainedSum,
        sum(tokens) OVER (PARTITION BY run_id ORDER BY step) AS tokensSum
      FROM steps`,
    )
    .all() as { trained: number; tokens: number; trainedSum: number; tokensSum: number }[];
  for (const row of totals) expect([row.trained, row.tokens]).toEqual([row.trainedSum, row.tokensSum]);
}

const stopped = { ...ended, status: 'stopped' as const };

describe('the buckets of steps', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'follow a run that is recorded, corrected and resumed at random (%i)',
    seed => {
      const random = seeded(seed);
      const upTo = (limit: number) => Math.floor(random() * (limit + 1));
      const database = open();
      const store = createRunStore(database);
      const course = new Map<string, Map<number, StepMetric>>();
      const evaluated = new Map<string, Map<number, Evaluation>>();
      for (const id of ['a', 'b']) {
        store.create(newRun(id));
        course.set(id, new Map());
        evaluated.set(id, new Map());
      }
      for (let turn = 0; turn < 30; turn++) {
        const id = random() < 0.5 ? 'a' : 'b';
        const steps = course.get(id) ?? new Map<number, StepMetric>();
        const evaluations = evaluated.get(id) ?? new Map<number, Evaluation>();
        const last = Math.max(0, ...steps.keys());
        if (random() < 0.25) {
          const fromStep = upTo(last);
          store.finish(id, stopped);
          store.resume(id, { at: 't', fromStep, savedMs: 0, ownerPid: 1, checkpoints: [], extension: null });
          for (const kept of [steps, evaluations]) {
            for (const step of kept.keys()) if (step > fromStep) kept.delete(step);
          }
          continue;
        }
        // Sometimes what is there already is measured again, or a step is lost.
        const first = 1 + (random() < 0.2 ? upTo(last) : last);
        const count = random() < 0.2 ? upTo(900) : upTo(40);
        const added = Array.from({ length: count }, (_, i) => metric(first + i, random)).filter(
          () => random() < 0.98,
        );
        const evaluation = { step: first, loss: upTo(20), perplexity: 1 };
        for (const step of added) steps.set(step.step, step);
        evaluations.set(first, evaluation);
        store.record(
          id,
          { steps: added, evaluations: [evaluation], samples: [], warnings: [], checkpoints: null },
          't',
        );
      }
      expectEverythingToFit(database);
      for (const summary of allRuns(store)) {
        const steps = [...(course.get(summary.id)?.values() ?? [])].sort((a, b) => a.step - b.step);
        const evaluations = [...(evaluated.get(summary.id)?.values() ?? [])].sort((a, b) => a.step - b.step);
        expect(summary).toMatchObject({
          stepsDone: steps.at(-1)?.step ?? 0,
          firstLoss: steps[0]?.loss ?? null,
          lastLoss: steps.at(-1)?.loss ?? null,
          durationMs: steps.at(-1)?.elapsedMs ?? null,
          trainedTokens: steps.reduce((sum, { trainableTokens }) => sum + trainableTokens, 0),
          memoryBytes: steps.length === 0 ? null : Math.max(...steps.map(({ memoryBytes }) => memoryBytes)),
          lastEvaluationLoss: evaluations.at(-1)?.loss ?? null,
          bestEvaluationLoss:
            evaluations.length === 0 ? null : Math.min(...evaluations.map(({ loss }) => loss)),
        });
        expect(summary.sparkline.length).toBeLessThanOrEqual(32);
        expect(summary.sparkline.length > 0).toBe(steps.length > 0);
      }
    },
  );

  it.each([1, 2, 3])('are made for the runs of schema %i', version => {
    const random = seeded(version);
    const old = new Database(path);
    for (const migration of MIGRATIONS.slice(0, version)) old.exec(migration.sql);
    old.pragma(`user_version = ${version}`);
    const addRun = old.prepare(
      `INSERT INTO runs (id, name, status, created_at, recipe, hashes, versions, preflight, model_name, data_name,
        masking, planned_steps, owner_pid, heartbeat_at)
      VALUES (?, ?, 'completed', 't', ?, ?, '{}', ?, 'm', 'd', 'full', 2, 1, 't')`,
    );
    const addStep =
      old.prepare(`INSERT INTO steps VALUES (@id, @step, @epoch, @loss, @learningRate, @gradNorm,
      @trainableTokens, @tokens, @tokensPerSecond, @memoryBytes, @elapsedMs)`);
    const { recipe, hashes, preflight } = newRun('long');
    old.transaction(() => {
      for (const [id, count] of Object.entries({ long: 5000, short: 3, none: 0 })) {
        // A preflight report that cannot be read stops no migration.
        addRun.run(
          id,
          `Run ${id}`,
          JSON.stringify(recipe),
          JSON.stringify(hashes),
          id === 'none' ? '' : JSON.stringify(preflight),
        );
        for (let step = 1; step <= count; step++) addStep.run({ id, ...metric(step, random) });
      }
    })();
    old.close();
    const database = open();
    expectEverythingToFit(database);
    const runs = database.prepare('SELECT id, steps_done, search FROM runs ORDER BY id').all();
    expect(runs).toEqual([
      { id: 'long', steps_done: 5000, search: 'run long\nm\nd\nfull\nlong\n' },
      { id: 'none', steps_done: 0, search: 'run none\nm\nd\nfull\nnone\n' },
      { id: 'short', steps_done: 3, search: 'run short\nm\nd\nfull\nshort\n' },
    ]);
  });
});
