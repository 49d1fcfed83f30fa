import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newRun } from '../src-main/adapters/sqlite/history-fixture.ts';
import { migrate } from '../src-main/adapters/sqlite/migrate.ts';
import { MIGRATIONS } from '../src-main/adapters/sqlite/migrations.ts';
import type { ImportReport } from '../src-shared/domain/import.ts';
import type { RunDetails } from '../src-shared/domain/run.ts';
import type { StepMetric } from '../src-shared/domain/training.ts';
import { conversation, createWorkspace, demoModel, runLuthier } from './luthier-process.ts';
import { addPastRuns } from './past-runs.ts';

const workspace = createWorkspace('import');
afterAll(workspace.remove);

const first = join(workspace.directory, 'first');
let homes = 0;
const freshHome = () => join(workspace.directory, `home-${homes++}`);
let id = '';

beforeAll(async () => {
  addPastRuns(first, 3);
  const data = workspace.write(
    'rows.jsonl',
    Array.from({ length: 24 }, (_, i) =>
      conversation(['user', `Where is fox ${i}?`], ['assistant', `In wood ${i}.`]),
    ).join(''),
  );
  const recipe = workspace.write(
    'real.luthier.yaml',
    `version: 1
name: a real one
model: {path: ${JSON.stringify(demoModel)}}
dataset: {path: ${JSON.stringify(data)}, validation: {fraction: 0.2}}
training: {maxSteps: 6, warmupSteps: 0, evaluateEverySteps: 3, checkpointEverySteps: 2}
`,
  );
  const trained = await runLuthier('train', recipe, '--json', '--home', first);
  if (trained.code !== 0) throw new Error(trained.stderr);
  id = (trained.json[0] as { id: string }).id;
  await runLuthier('runs', 'tag', id, 'kept', '--home', first);
  await runLuthier('runs', 'note', id, 'It was *good*.', '--home', first);
});

type Shown = RunDetails & { readonly steps: readonly StepMetric[] };
async function show(home: string, run: string): Promise<Shown> {
  const { json, stderr } = await runLuthier('runs', 'show', run, '--json', '--home', home);
  if (!json[0]) throw new Error(stderr);
  return json[0] as Shown;
}

async function importFrom(source: string, home: string) {
  const { code, json, stderr } = await runLuthier('runs', 'import', source, '--json', '--home', home);
  return { code, stderr, report: json[0] as ImportReport };
}

describe('an import of a data folder', () => {
  it('takes every run with all that is known of it, and its files', async () => {
    const home = freshHome();
    const { code, report, stderr } = await importFrom(first, home);
    expect(code, stderr).toBe(0);
    expect(report.imported.map(run => run.id).sort()).toEqual(
      ['past-00000', 'past-00001', 'past-00002', id].sort(),
    );
    const [before, now] = [await show(first, id), await show(home, id)];
    const folder = join(home, 'runs', id);
    expect(now).toEqual({
      ...before,
      recipe: { ...before.recipe, output: { directory: null } },
      adapterPath: join(folder, 'adapter.gguf'),
      bestAdapterPath: join(folder, 'best-adapter.gguf'),
      checkpoints: before.checkpoints.map(({ step, path }) => ({
        step,
        path: path.replace(join(first, 'runs', id), folder),
      })),
    });
    expect(now.steps).toHaveLength(6);
    expect([now.tags, now.note]).toEqual([['kept'], 'It was *good*.']);
    expect(readFileSync(now.adapterPath ?? '').equals(readFileSync(before.adapterPath ?? ''))).toBe(true);
    expect(readdirSync(home).filter(name => name.startsWith('import-'))).toEqual([]);

    // What it was trained with is enough to have it again.
    const again = await runLuthier('runs', 'again', id, '--home', home);
    expect(again.stdout).toContain('byte for byte the same');
  });

  it('changes nothing that is there, however often it is done', async () => {
    const home = freshHome();
    await importFrom(first, home);
    await runLuthier('runs', 'rename', id, 'mine', '--home', home);
    await runLuthier('runs', 'delete', 'past-00001', '--home', home);
    const { code, report } = await importFrom(first, home);
    expect([code, report]).toEqual([0, { imported: [], known: 4, problems: [] }]);
    expect((await show(home, id)).name).toBe('mine');
    expect((await runLuthier('runs', 'show', 'past-00001', '--json', '--home', home)).code).toBe(2);
  });

  it('reads a history of the first schema, and leaves it as it was', async () => {
    const [old, home] = [freshHome(), freshHome()];
    mkdirSync(old);
    const path = join(old, 'history.sqlite');
    const database = new Database(path);
    migrate(database, null, MIGRATIONS.slice(0, 1));
    const { preflight, hashes, recipe } = newRun('r1');
    database
      .prepare(
        `INSERT INTO runs (id, name, status, created_at, recipe, hashes, versions, preflight, model_name, data_name,
          masking, planned_steps, owner_pid, heartbeat_at)
        VALUES ('r1', 'old', 'completed', 't', ?, ?, '{}', ?, 'm', 'd', 'full', 2, 1, 't')`,
      )
      .run(JSON.stringify(recipe), JSON.stringify(hashes), JSON.stringify(preflight));
    database.exec(`INSERT INTO steps VALUES ('r1', 1, 0.5, 2, 0.0001, 0.5, 5, 9, 100, 1000, 10)`);
    database.close();
    const before = readFileSync(path);
    const { code, report } = await importFrom(old, home);
    expect([code, report]).toEqual([
      0,
      { imported: [{ id: 'r1', name: 'old', steps: 1 }], known: 0, problems: [] },
    ]);
    expect((await show(home, 'r1')).steps).toMatchObject([{ step: 1, loss: 2, trainableTokens: 5 }]);
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(readdirSync(old)).toEqual(['history.sqlite']);
  });

  it('takes no run whose id leads out of the folder of runs', async () => {
    const [other, home] = [freshHome(), freshHome()];
    addPastRuns(other, 2);
    const beyond = join(workspace.directory, 'beyond');
    mkdirSync(beyond);
    writeFileSync(join(beyond, 'secret'), 'stays');
    const database = new Database(join(other, 'history.sqlite'));
    database.pragma('foreign_keys = OFF');
    database.exec(`UPDATE runs SET id = '../../beyond' WHERE id = 'past-00001';
      UPDATE run_documents SET run_id = '../../beyond' WHERE run_id = 'past-00001'`);
    database.close();
    const { code, report } = await importFrom(other, home);
    expect(code).toBe(1);
    expect(report.imported.map(run => run.id)).toEqual(['past-00000']);
    expect(report.problems.map(({ reason }) => reason)).toEqual(['Its id cannot be the name of a folder.']);
    expect(readdirSync(beyond)).toEqual(['secret']);
    expect(existsSync(join(home, 'runs'))).toBe(false);
  });

  it('takes what can be read of a damaged history, and says so', async () => {
    const [damaged, home] = [freshHome(), freshHome()];
    cpSync(first, damaged, { recursive: true });
    writeFileSync(
      join(damaged, 'history.sqlite'),
      'this is no database, and long enough for one.'.repeat(100),
    );
    rmSync(join(damaged, 'history.sqlite-wal'), { force: true });
    const { code, report } = await importFrom(damaged, home);
    expect(code).toBe(1);
    expect(report.problems[0]?.reason).toContain('The history was damaged');
    // The one that has a diary in its folder comes from there.
    expect(report.imported).toEqual([{ id, name: 'a real one', steps: 6 }]);
  });
});

describe('an import of a run folder', () => {
  it('takes the run as its diary tells it', async () => {
    const home = freshHome();
    const { code, stderr } = await importFrom(join(first, 'runs', id), home);
    expect(code, stderr).toBe(0);
    const [before, now] = [await show(first, id), await show(home, id)];
    expect(now.steps).toEqual(before.steps);
    expect(now).toMatchObject({
      name: 'a real one',
      status: 'completed',
      evaluations: before.evaluations,
      hashes: before.hashes,
      preflight: before.preflight,
      stepsDone: 6,
      trainedTokens: before.trainedTokens,
      adapterPath: join(home, 'runs', id, 'adapter.gguf'),
    });
    expect(now.checkpoints.map(({ step }) => step)).toEqual(before.checkpoints.map(({ step }) => step));
  });

  it('brings back a run whose row is lost, where its folder is', async () => {
    const home = freshHome();
    cpSync(first, home, { recursive: true });
    for (const suffix of ['', '-wal', '-shm']) rmSync(join(home, `history.sqlite${suffix}`), { force: true });
    const { report } = await importFrom(home, home);
    expect(report).toEqual({ imported: [{ id, name: 'a real one', steps: 6 }], known: 0, problems: [] });
    expect((await show(home, id)).adapterPath).toBe(join(home, 'runs', id, 'adapter.gguf'));
    expect(readdirSync(join(home, 'runs'))).toEqual([id]);
  });

  it('names what cannot be read, and takes the rest', async () => {
    const [other, home] = [freshHome(), freshHome()];
    for (const name of ['whole', 'without', 'broken', 'strange']) {
      cpSync(join(first, 'runs', id), join(other, 'runs', name), { recursive: true });
    }
    const diary = (name: string) => join(other, 'runs', name, 'events.jsonl');
    const lines = readFileSync(diary('whole'), 'utf8').trimEnd().split('\n');
    rmSync(diary('without'));
    writeFileSync(diary('broken'), lines.join('\n').replace(id, 'other-id').slice(0, -20));
    writeFileSync(diary('strange'), lines.join('\n').replace(`"id":"${id}"`, '"id":"../../outside"'));
    const { code, report } = await importFrom(other, home);
    expect(code).toBe(1);
    expect(report.imported.map(run => run.id).sort()).toEqual([id, 'other-id'].sort());
    expect(Object.fromEntries(report.problems.map(({ path, reason }) => [path, reason]))).toEqual({
      [join(other, 'runs', 'without')]: expect.stringContaining('It has no diary'),
      [join(other, 'runs', 'broken')]: expect.stringContaining('1 lines of its diary'),
      [join(other, 'runs', 'strange')]: expect.stringContaining('does not begin as a diary'),
    });
    expect(existsSync(join(workspace.directory, 'outside'))).toBe(false);
    expect((await show(home, 'other-id')).status).toBe('interrupted');
  });

  it('refuses a folder that is neither', async () => {
    const { code, report } = await importFrom(workspace.directory, freshHome());
    expect([code, report]).toMatchObject([2, { error: { code: 'import.nothingThere' } }]);
  });
});
