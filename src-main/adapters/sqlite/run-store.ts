/** The history of runs in SQLite: the only writer of its tables. */

import {
  type RunChanges,
  type RunDetails,
  type RunSummary,
  runDetailsSchema,
  runSummarySchema,
} from '../../../src-shared/domain/run.ts';
import type { Checkpoint } from '../../../src-shared/domain/training.ts';
import type { NewRun, RunBrief, RunEnd, RunRecords, RunResumption, RunStore } from '../../backend/ports.ts';
import type { SqliteDatabase } from './open-database.ts';

interface RunRow {
  readonly id: string;
  readonly recipe: string;
  readonly hashes: string;
  readonly versions: string;
  readonly preflight: string;
  readonly error: string | null;
  readonly processExit: string | null;
  readonly demo: string | null;
  readonly paused: number;
  readonly tags: string;
}

const RUN_COLUMNS = `id, name, status, created_at AS createdAt, ended_at AS endedAt, recipe, hashes, versions, preflight,
  planned_steps AS plannedSteps, adapter_path AS adapterPath, best_adapter_path AS bestAdapterPath, error,
  process_exit AS processExit, demo, paused, tags, note`;

const briefSchema = runDetailsSchema.pick({
  id: true,
  name: true,
  status: true,
  recipe: true,
  hashes: true,
  adapterPath: true,
  bestAdapterPath: true,
});

const STEP_COLUMNS = `step, epoch, loss, learning_rate AS learningRate, grad_norm AS gradNorm,
  trainable_tokens AS trainableTokens, tokens, tokens_per_second AS tokensPerSecond, memory_bytes AS memoryBytes,
  elapsed_ms AS elapsedMs`;

/** First and last step come from the primary key, so that a list of runs never reads all metrics. */
const SUMMARIES = `
  SELECT r.id, r.name, r.status, r.paused, r.created_at AS createdAt, r.ended_at AS endedAt, r.model_name AS modelName,
    r.data_name AS dataName, r.masking, r.planned_steps AS plannedSteps,
    coalesce(last.step, 0) AS stepsDone, first.loss AS firstLoss, last.loss AS lastLoss, last.elapsed_ms AS durationMs
  FROM runs r
  LEFT JOIN steps first ON first.run_id = r.id AND first.step = (SELECT min(step) FROM steps WHERE run_id = r.id)
  LEFT JOIN steps last ON last.run_id = r.id AND last.step = (SELECT max(step) FROM steps WHERE run_id = r.id)
  WHERE r.deleted_at IS NULL
  ORDER BY r.created_at DESC, r.id DESC`;

export function createRunStore(database: SqliteDatabase): RunStore {
  const insertStep = database.prepare(`INSERT OR REPLACE INTO steps VALUES
    (@runId, @step, @epoch, @loss, @learningRate, @gradNorm, @trainableTokens, @tokens, @tokensPerSecond, @memoryBytes, @elapsedMs)`);
  const insertEvaluation = database.prepare(
    'INSERT OR REPLACE INTO evaluations VALUES (@runId, @step, @loss, @perplexity)',
  );
  const insertWarning = database.prepare(
    'INSERT INTO warnings (run_id, code, message) VALUES (@runId, @code, @message)',
  );
  const insertSample = database.prepare(
    'INSERT OR REPLACE INTO samples VALUES (@runId, @step, @prompt, @text)',
  );
  const beat = database.prepare('UPDATE runs SET heartbeat_at = ? WHERE id = ?');

  const record = database.transaction((id: string, records: RunRecords, at: string) => {
    for (const step of records.steps) insertStep.run({ runId: id, ...step });
    for (const evaluation of records.evaluations) insertEvaluation.run({ runId: id, ...evaluation });
    for (const sample of records.samples) insertSample.run({ runId: id, ...sample });
    for (const warning of records.warnings) insertWarning.run({ runId: id, ...warning });
    if (records.checkpoints !== null) replaceCheckpoints(database, id, records.checkpoints);
    beat.run(at, id);
  });

  return {
    create: run => insertRun(database, run),
    record: (id, records, at) => record.immediate(id, records, at),
    finish: (id, end) => finishRun(database, id, end),
    resume: (id, resumption) => database.transaction(() => resumeRun(database, id, resumption)).immediate(),
    list: () =>
      (database.prepare(SUMMARIES).all() as { paused: number }[]).map(
        (row): RunSummary => runSummarySchema.parse({ ...row, paused: row.paused === 1 }),
      ),
    show: id => showRun(database, id),
    change: (id, changes) => changeRun(database, id, changes),
    hide: (id, at) =>
      database
        .prepare(
          `UPDATE runs SET deleted_at = ? WHERE id = ? AND deleted_at IS NULL AND status NOT IN ('running', 'draft')`,
        )
        .run(at, id).changes > 0,
    unhide: id =>
      database.prepare('UPDATE runs SET deleted_at = NULL WHERE id = ? AND deleted_at IS NOT NULL').run(id)
        .changes > 0,
    hiddenIdsStartingWith: prefix =>
      database
        .prepare('SELECT id FROM runs WHERE substr(id, 1, ?) = ? AND deleted_at IS NOT NULL')
        .pluck()
        .all(prefix.length, prefix) as string[],
    brief: id => briefRun(database, id),
    idsStartingWith: prefix =>
      database
        .prepare('SELECT id FROM runs WHERE substr(id, 1, ?) = ? AND deleted_at IS NULL')
        .pluck()
        .all(prefix.length, prefix) as string[],
    interruptOrphans: (isAlive, at) => interruptOrphans(database, isAlive, at),
    integrity: () => String(database.pragma('integrity_check(1)', { simple: true })),
    close: () => void database.close(),
  };
}

function insertRun(database: SqliteDatabase, run: NewRun): void {
  database
    .prepare(
      `INSERT INTO runs (id, name, status, created_at, recipe, hashes, versions, preflight, model_name, data_name,
        masking, planned_steps, owner_pid, heartbeat_at)
      VALUES (@id, @name, 'running', @createdAt, @recipe, @hashes, @versions, @preflight, @modelName, @dataName,
        @masking, @plannedSteps, @ownerPid, @createdAt)`,
    )
    .run({
      id: run.id,
      name: run.name,
      createdAt: run.createdAt,
      recipe: JSON.stringify(run.recipe),
      hashes: JSON.stringify(run.hashes),
      versions: JSON.stringify(run.versions),
      preflight: JSON.stringify(run.preflight),
      modelName: run.modelName,
      dataName: run.dataName,
      masking: run.recipe.masking.strategy,
      plannedSteps: run.plannedSteps,
      ownerPid: run.ownerPid,
    });
}

function finishRun(database: SqliteDatabase, id: string, end: RunEnd): void {
  database
    .prepare(
      `UPDATE runs SET status = @status, ended_at = @endedAt, adapter_path = @adapterPath,
        best_adapter_path = @bestAdapterPath, error = @error, process_exit = @processExit, demo = @demo,
        paused = @paused
      WHERE id = @id AND status = 'running'`,
    )
    .run({
      ...end,
      id,
      error: end.error === null ? null : JSON.stringify(end.error),
      processExit: end.processExit === null ? null : JSON.stringify(end.processExit),
      demo: end.demo === null ? null : JSON.stringify(end.demo),
      paused: end.paused ? 1 : 0,
    });
}

/** A run that was taken up by another process meanwhile is left alone. */
function resumeRun(database: SqliteDatabase, id: string, resumption: RunResumption): boolean {
  const { at, fromStep, savedMs, ownerPid, checkpoints } = resumption;
  const taken = database
    .prepare(
      `UPDATE runs SET status = 'running', ended_at = NULL, adapter_path = NULL, best_adapter_path = NULL, error = NULL,
        process_exit = NULL, demo = NULL, paused = 0, owner_pid = ?, heartbeat_at = ?
      WHERE id = ? AND status IN ('interrupted', 'stopped', 'failed') AND deleted_at IS NULL`,
    )
    .run(ownerPid, at, id);
  if (taken.changes === 0) return false;
  for (const table of ['steps', 'evaluations', 'samples']) {
    database.prepare(`DELETE FROM ${table} WHERE run_id = ? AND step > ?`).run(id, fromStep);
  }
  replaceCheckpoints(database, id, checkpoints);
  database
    .prepare('INSERT INTO resumptions (run_id, at, from_step, saved_ms) VALUES (?, ?, ?, ?)')
    .run(id, at, fromStep, savedMs);
  return true;
}

function replaceCheckpoints(database: SqliteDatabase, id: string, checkpoints: readonly Checkpoint[]): void {
  database.prepare('DELETE FROM checkpoints WHERE run_id = ?').run(id);
  const insert = database.prepare('INSERT INTO checkpoints (run_id, step, path) VALUES (?, ?, ?)');
  for (const { step, path } of checkpoints) insert.run(id, step, path);
}

function showRun(database: SqliteDatabase, id: string): RunDetails | null {
  const row = database.prepare(`SELECT ${RUN_COLUMNS} FROM runs WHERE id = ? AND deleted_at IS NULL`).get(id);
  if (row === undefined) return null;
  const run = row as RunRow;
  const rowsOf = (columns: string, table: string, order: string) =>
    database.prepare(`SELECT ${columns} FROM ${table} WHERE run_id = ? ORDER BY ${order}`).all(id);
  return runDetailsSchema.parse({
    ...run,
    tags: JSON.parse(run.tags),
    recipe: JSON.parse(run.recipe),
    hashes: JSON.parse(run.hashes),
    versions: JSON.parse(run.versions),
    preflight: JSON.parse(run.preflight),
    error: run.error === null ? null : JSON.parse(run.error),
    processExit: run.processExit === null ? null : JSON.parse(run.processExit),
    demo: run.demo === null ? null : JSON.parse(run.demo),
    paused: run.paused === 1,
    steps: rowsOf(STEP_COLUMNS, 'steps', 'step'),
    evaluations: rowsOf('step, loss, perplexity', 'evaluations', 'step'),
    checkpoints: rowsOf('step, path', 'checkpoints', 'step'),
    samples: rowsOf('step, prompt, text', 'samples', 'step, prompt'),
    warnings: rowsOf('code, message', 'warnings', 'id'),
    resumptions: rowsOf('at, from_step AS fromStep, saved_ms AS savedMs', 'resumptions', 'id'),
  });
}

function changeRun(database: SqliteDatabase, id: string, { name, tags, note }: RunChanges): boolean {
  return (
    database
      .prepare(
        `UPDATE runs SET name = coalesce(@name, name), tags = coalesce(@tags, tags), note = coalesce(@note, note)
        WHERE id = @id AND deleted_at IS NULL`,
      )
      .run({
        id,
        name: name ?? null,
        tags: tags === undefined ? null : JSON.stringify([...new Set(tags)]),
        note: note ?? null,
      }).changes > 0
  );
}

function briefRun(database: SqliteDatabase, id: string): RunBrief | null {
  const row = database.prepare(`SELECT ${RUN_COLUMNS} FROM runs WHERE id = ? AND deleted_at IS NULL`).get(id);
  if (row === undefined) return null;
  const run = row as RunRow;
  return briefSchema.parse({ ...run, recipe: JSON.parse(run.recipe), hashes: JSON.parse(run.hashes) });
}

function interruptOrphans(
  database: SqliteDatabase,
  isAlive: (pid: number, heartbeatAt: string) => boolean,
  at: string,
): string[] {
  const running = database
    .prepare(`SELECT id, owner_pid AS pid, heartbeat_at AS heartbeatAt FROM runs WHERE status = 'running'`)
    .all() as { id: string; pid: number; heartbeatAt: string }[];
  const orphans = running.filter(run => !isAlive(run.pid, run.heartbeatAt)).map(run => run.id);
  const interrupt = database.prepare(
    `UPDATE runs SET status = 'interrupted', ended_at = ?, error = ? WHERE id = ? AND status = 'running'`,
  );
  const error = JSON.stringify({
    code: 'run.interrupted',
    title: 'The run was interrupted.',
    cause: 'Luthier ended while it was running.',
    remedy: 'Resume it: it goes on from its newest checkpoint.',
  });
  for (const id of orphans) interrupt.run(at, error, id);
  return orphans;
}
