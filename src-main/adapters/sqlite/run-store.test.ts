import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Repetition } from '../../../src-shared/domain/repetition.ts';
import type { StepMetric } from '../../../src-shared/domain/training.ts';
import type { NewRun } from '../../backend/ports.ts';
import { allRuns, ended as fixtureEnd, newRun as fixtureRun, nothing } from './history-fixture.ts';
import { migrate } from './migrate.ts';
import { MIGRATIONS, SCHEMA_VERSION } from './migrations.ts';
import { openDatabase } from './open-database.ts';
import { createRunStore } from './run-store.ts';
import type { SqliteDatabase } from './sqlite-database.ts';

let directory = '';
let path = '';
const opened: SqliteDatabase[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'luthier-history-'));
  path = join(directory, 'history.sqlite');
});
afterEach(() => {
  for (const database of opened.splice(0)) database.close();
  rmSync(directory, { recursive: true, force: true });
});

function open() {
  const database = openDatabase(path);
  if (!database.ok) throw new Error(database.error.cause);
  opened.push(database.value);
  return createRunStore(database.value);
}

const newRun = (id: string): NewRun => fixtureRun(id, { createdAt: `2026-01-01T00:00:0${id.length}.000Z` });

const step = (n: number): StepMetric => ({
  step: n,
  epoch: n / 2,
  loss: 3 - n,
  learningRate: 1e-4,
  gradNorm: 0.5,
  trainableTokens: 5,
  tokens: 9,
  tokensPerSecond: 100,
  memoryBytes: 1000,
  elapsedMs: n * 10,
});

/** Until then a run's documents stood beside its name. */
const LAST_WITH_ONE_TABLE = 3;

const ended = { ...fixtureEnd, adapterPath: '/a.gguf' };

describe('the history', () => {
  it('keeps every committed step, also for a reader in another process', () => {
    const store = open();
    store.create(newRun('r1'));
    store.record(
      'r1',
      { ...nothing, steps: [step(1), step(2)], evaluations: [{ step: 2, loss: 1, perplexity: Math.E }] },
      '2026-01-01T00:00:01.000Z',
    );
    expect(open().show('r1')).toMatchObject({
      status: 'running',
      firstStep: step(1),
      lastSteps: [step(1), step(2)],
      evaluations: [{ step: 2, loss: 1 }],
      adapterPath: null,
    });
  });

  it('replaces a step that is measured again, never doubles it', () => {
    const store = open();
    store.create(newRun('r1'));
    store.record('r1', { ...nothing, steps: [step(1)] }, 't');
    store.record('r1', { ...nothing, steps: [{ ...step(1), loss: 9 }] }, 't');
    expect(store.steps('r1', 0, 10).steps.map(({ loss }) => loss)).toEqual([9]);
  });

  it('lists runs newest first with first and last loss', () => {
    const store = open();
    store.create(newRun('r1'));
    store.create(newRun('r22'));
    store.record('r1', { ...nothing, steps: [step(1), step(2)] }, 't');
    store.finish('r1', { ...ended, status: 'completed' });
    expect(allRuns(store)).toMatchObject([
      { id: 'r22', status: 'running', stepsDone: 0, lastLoss: null },
      { id: 'r1', status: 'completed', stepsDone: 2, firstLoss: 2, lastLoss: 1, durationMs: 20 },
    ]);
  });

  it('marks runs without a process as interrupted, and leaves living ones alone', () => {
    const store = open();
    store.create(newRun('dead'));
    store.create({ ...newRun('alive!'), ownerPid: 2 });
    expect(store.interruptOrphans(pid => pid === 2, '2026-01-03T00:00:00.000Z')).toEqual(['dead']);
    expect(store.show('dead')).toMatchObject({ status: 'interrupted', error: { code: 'run.interrupted' } });
    expect(store.show('alive!')?.status).toBe('running');
  });

  it('never changes a run that is over', () => {
    const store = open();
    store.create(newRun('r1'));
    store.finish('r1', { ...ended, status: 'completed' });
    store.finish('r1', { ...ended, status: 'failed' });
    expect(store.show('r1')?.status).toBe('completed');
  });

  it('takes back what was measured behind the step at which a run is resumed, and only that', () => {
    const store = open();
    store.create(newRun('r1'));
    const evaluation = (n: number) => ({ step: n, loss: n, perplexity: n });
    const sample = (n: number) => ({ step: n, prompt: 'p', text: 't' });
    const checkpoint = (n: number) => ({ step: n, path: `/c${n}` });
    const all = {
      ...nothing,
      steps: [step(1), step(2), step(3)],
      evaluations: [evaluation(1), evaluation(3)],
      samples: [sample(2), sample(3)],
      checkpoints: [checkpoint(1), checkpoint(2), checkpoint(3)],
    };
    store.record('r1', all, 't');
    store.finish('r1', {
      ...ended,
      status: 'failed',
      error: { code: 'c', title: '', cause: '', remedy: '' },
    });
    const resumption = { at: '2026-01-03T00:00:00.000Z', fromStep: 2, savedMs: 20 };
    const taken = store.resume('r1', {
      ...resumption,
      ownerPid: 7,
      checkpoints: [checkpoint(2)],
      extension: null,
    });
    expect(taken).toBe(true);
    expect(store.show('r1')).toMatchObject({
      status: 'running',
      error: null,
      adapterPath: null,
      endedAt: null,
      lastSteps: [step(1), step(2)],
      evaluations: [evaluation(1)],
      samples: [sample(2)],
      checkpoints: [checkpoint(2)],
      resumptions: [resumption],
    });
  });

  it('resumes a run once, and never one that runs or is complete', () => {
    const store = open();
    const resumption = { at: 't', fromStep: 0, savedMs: 0, ownerPid: 7, checkpoints: [], extension: null };
    store.create(newRun('r1'));
    expect(store.resume('r1', resumption)).toBe(false);
    store.finish('r1', { ...ended, status: 'stopped', paused: true });
    expect(allRuns(store)[0]).toMatchObject({ status: 'stopped', paused: true });
    expect(store.resume('r1', resumption)).toBe(true);
    expect(store.resume('r1', resumption)).toBe(false);
    expect(allRuns(store)[0]).toMatchObject({ status: 'running', paused: false });
    store.finish('r1', { ...ended, status: 'completed' });
    expect(store.resume('r1', resumption)).toBe(false);
    expect(store.show('r1')?.resumptions).toHaveLength(1);
  });

  it('finds runs by the beginning of their id, taken literally', () => {
    const store = open();
    store.create(newRun('r1'));
    expect(store.idsStartingWith('r')).toEqual(['r1']);
    expect(store.idsStartingWith('%')).toEqual([]);
  });
});

describe('a run in the history', () => {
  it('takes a new name, tags once each and a note, and keeps what is not said', () => {
    const store = open();
    store.create(newRun('r1'));
    expect(store.show('r1')).toMatchObject({ tags: [], note: '' });
    expect(store.change('r1', { tags: ['a', 'b', 'a'], note: '*why*' })).toBe(true);
    expect(store.change('r1', { name: 'new' })).toBe(true);
    expect(store.show('r1')).toMatchObject({ name: 'new', tags: ['a', 'b'], note: '*why*' });
    expect(store.change('r2', { name: 'new' })).toBe(false);
  });

  it('is pinned and let go, and remembers the run that it comes from', () => {
    const store = open();
    store.create({ ...newRun('r1'), parent: { kind: 'cloned', id: 'r0' } });
    expect(allRuns(store)).toMatchObject([{ pinned: false, parent: { kind: 'cloned', id: 'r0' } }]);
    store.change('r1', { pinned: true });
    store.change('r1', { name: 'new' });
    expect(store.show('r1')).toMatchObject({ pinned: true, parent: { kind: 'cloned', id: 'r0' } });
    expect(store.show('r1')?.parentName).toBeNull();
    store.change('r1', { pinned: false });
    expect(allRuns(store)).toMatchObject([{ pinned: false }]);
  });

  it('is hidden everywhere once deleted, unless it runs, and comes back whole', () => {
    const store = open();
    store.create(newRun('r1'));
    store.record('r1', { ...nothing, steps: [step(1)] }, 't');
    expect(store.hide(['r1'], 't')).toEqual([]);
    store.finish('r1', { ...ended, status: 'completed' });
    const before = store.show('r1');
    expect(store.hide(['r1'], 't')).toEqual(['r1']);
    expect([store.show('r1'), store.brief('r1'), allRuns(store)]).toEqual([null, null, []]);
    expect([store.idsStartingWith('r'), store.hiddenIdsStartingWith('r')]).toEqual([[], ['r1']]);
    expect(store.change('r1', { name: 'new' })).toBe(false);
    expect(store.unhide(['r1'])).toEqual(['r1']);
    expect(store.unhide(['r1'])).toEqual([]);
    expect(store.show('r1')).toEqual(before);
  });

  it('is erased with all its rows, and only where it was deleted before', () => {
    const store = open();
    const [database] = opened;
    if (!database) throw new Error('no database');
    const records = {
      steps: [step(1)],
      evaluations: [{ step: 1, loss: 1, perplexity: 2 }],
      samples: [{ step: 1, prompt: 'a', text: 'b' }],
      warnings: [{ code: 'c', message: 'm' }],
      checkpoints: [{ step: 1, path: '/c' }],
    };
    for (const id of ['r1', 'r2']) {
      store.create(newRun(id));
      store.record(id, records, 't');
      store.finish(id, { ...ended, status: 'stopped' });
      store.resume(id, {
        ...{
          at: 't',
          fromStep: 1,
          savedMs: 1,
          ownerPid: 1,
          checkpoints: records.checkpoints,
          extension: null,
        },
      });
      store.finish(id, { ...ended, status: 'completed' });
    }
    const ofRun = database
      .prepare(
        `SELECT t.name FROM sqlite_master AS t, pragma_table_info(t.name) AS c WHERE c.name = 'run_id'`,
      )
      .pluck()
      .all() as string[];
    const tablesWith = (id: string) =>
      ofRun.filter(name => database.prepare(`SELECT 1 FROM ${name} WHERE run_id = ?`).get(id) !== undefined);
    expect(tablesWith('r1')).toEqual(ofRun);
    expect(store.erase('r1')).toBe(false);
    store.hide(['r1'], 't');
    expect(store.erase('r1')).toBe(true);
    expect(tablesWith('r1')).toEqual([]);
    expect([store.has('r1'), tablesWith('r2')]).toEqual([false, ofRun]);
  });
});

describe('opening the history', () => {
  it('names the parent of a run and its children, without those that are deleted', () => {
    const store = open();
    store.create({ ...newRun('r0'), name: 'first' });
    for (const [id, kind] of [
      ['r11', 'cloned'],
      ['r222', 'again'],
      ['r3333', 'continued'],
    ] as const) {
      store.create({ ...newRun(id), name: `a ${id}`, parent: { kind, id: 'r0' } });
      store.finish(id, { ...ended, status: 'completed' });
    }
    store.hide(['r222'], 't');
    expect(store.show('r0')?.children).toEqual([
      { id: 'r3333', name: 'a r3333', kind: 'continued', status: 'completed' },
      { id: 'r11', name: 'a r11', kind: 'cloned', status: 'completed' },
    ]);
    expect(store.show('r11')?.parentName).toBe('first');
  });

  it('keeps what a repetition found until the run goes on', () => {
    const store = open();
    const repetition: Repetition = {
      changedInputs: ['data'],
      changedVersions: [{ name: 'luthier', before: '1', now: '2' }],
      steps: { compared: 3, firstDifferent: 3 },
      adapter: { kind: 'notCompared', reason: 'ended' },
    };
    store.create({ ...newRun('r1'), parent: { kind: 'again', id: 'r0' } });
    store.finish('r1', { ...ended, status: 'stopped', repetition });
    expect(store.show('r1')?.repetition).toEqual(repetition);
    store.resume('r1', { at: 't', fromStep: 0, savedMs: 0, ownerPid: 1, checkpoints: [], extension: null });
    expect(store.show('r1')?.repetition).toBeNull();
  });

  it('refuses a database of a later version and leaves it as it is', () => {
    const later = new Database(path);
    later.pragma(`user_version = ${SCHEMA_VERSION + 1}`);
    later.close();
    expect(openDatabase(path)).toMatchObject({ ok: false, error: { code: 'history.newer' } });
  });

  it('refuses a file that is no database', () => {
    const broken = join(directory, 'broken');
    rmSync(broken, { force: true });
    expect(openDatabase(directory)).toMatchObject({ ok: false, error: { code: 'history.unreadable' } });
  });

  it('backs a database up before a migration, keeps its rows, and applies each step once', () => {
    open().create(newRun('r1'));
    const database = opened[0];
    if (!database) throw new Error('not opened');
    const added = [
      ...MIGRATIONS,
      { version: SCHEMA_VERSION + 1, sql: 'ALTER TABLE runs ADD COLUMN extra TEXT' },
    ];
    const backup = `${path}.backup`;
    migrate(database, backup, added);
    migrate(database, backup, added);
    expect(existsSync(backup)).toBe(true);
    expect(database.prepare('SELECT id, extra FROM runs').all()).toEqual([{ id: 'r1', extra: null }]);
    const old = new Database(backup, { readonly: true });
    expect(old.pragma('user_version', { simple: true })).toBe(SCHEMA_VERSION);
    old.close();
  });

  it.each(MIGRATIONS.slice(0, -1).map(({ version }) => version))(
    'opens a database of schema %i, keeps all of it, and has a copy from before',
    version => {
      const old = new Database(path);
      // Rows as the first schemas had them; later ones are reached by migration, as everybody's were.
      const written = Math.min(version, LAST_WITH_ONE_TABLE);
      migrate(old, null, MIGRATIONS.slice(0, written));
      const { preflight, hashes, recipe } = newRun('r1');
      old
        .prepare(
          `INSERT INTO runs (id, name, status, created_at, recipe, hashes, versions, preflight, model_name, data_name,
            masking, planned_steps, owner_pid, heartbeat_at)
          VALUES ('r1', 'old', 'completed', 't', ?, ?, '{}', ?, 'm', 'd', 'full', 2, 1, 't')`,
        )
        .run(JSON.stringify(recipe), JSON.stringify(hashes), JSON.stringify(preflight));
      old.exec(`
        INSERT INTO steps VALUES ('r1', 1, 0.5, 2, 0.0001, 0.5, 5, 9, 100, 1000, 10);
        INSERT INTO evaluations VALUES ('r1', 1, 2, 7.4);
        INSERT INTO checkpoints VALUES ('r1', 1, '/c1');
        INSERT INTO warnings (run_id, code, message) VALUES ('r1', 'c', 'm');`);
      migrate(old, null, MIGRATIONS.slice(0, version));
      old.close();
      const kept = {
        name: 'old',
        recipe,
        hashes,
        preflight,
        lastSteps: [step(1)],
        evaluations: [{ step: 1, loss: 2, perplexity: 7.4 }],
        checkpoints: [{ step: 1, path: '/c1' }],
        warnings: [{ code: 'c', message: 'm' }],
      };
      const store = open();
      expect(store.show('r1')).toMatchObject(kept);
      expect(allRuns(store)).toMatchObject([
        {
          stepsDone: 1,
          firstLoss: 2,
          lastLoss: 2,
          durationMs: 10,
          bestEvaluationLoss: 2,
          trainedTokens: 5,
          memoryBytes: 1000,
          estimatedMemoryBytes: 0,
          sparkline: [2],
          rank: 16,
          alpha: 32,
          learningRate: 2e-4,
          epochs: 3,
          examplesPerStep: 16,
          tags: [],
          pinned: false,
          parent: null,
        },
      ]);
      const copy = new Database(`${path}.v${version}.backup`, { readonly: true });
      expect(copy.pragma('user_version', { simple: true })).toBe(version);
      expect(copy.prepare('SELECT count(*) FROM steps').pluck().get()).toBe(1);
      copy.close();
    },
  );

  it('undoes a migration that fails half-way', () => {
    open();
    const database = opened[0];
    if (!database) throw new Error('not opened');
    const failing = { version: SCHEMA_VERSION + 1, sql: 'CREATE TABLE half (x); CREATE TABLE runs (y);' };
    expect(() => migrate(database, null, [failing])).toThrow();
    expect(database.pragma('user_version', { simple: true })).toBe(SCHEMA_VERSION);
    expect(database.prepare("SELECT count(*) FROM sqlite_master WHERE name = 'half'").pluck().get()).toBe(0);
  });
});
