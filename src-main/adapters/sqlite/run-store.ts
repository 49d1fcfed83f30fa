/** The history of runs in SQLite: the only writer of its tables. */

import {
  type RunChanges,
  type RunDetails,
  type RunsChanges,
  runDetailsSchema,
} from '../../../src-shared/domain/run.ts';
import type { Checkpoint } from '../../../src-shared/domain/training.ts';
import type { NewRun, RunBrief, RunEnd, RunRecords, RunResumption, RunStore } from '../../backend/ports.ts';
import { adoptRun } from './adopt-run.ts';
import { eraseRun } from './erase-run.ts';
import { listedSettings } from './listed-settings.ts';
import { createPaceReader } from './read-paces.ts';
import { createRunsReader } from './read-runs.ts';
import { createStepReader, type StepReader } from './read-steps.ts';
import { type SearchedRun, searchTextOf } from './search-text.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { createBucketWriter } from './step-buckets.ts';
import { createStepWriter } from './step-writer.ts';
import { createSummariser } from './summarise-run.ts';
import { createViewStore } from './view-store.ts';

interface RunRow {
  readonly id: string;
  readonly recipe: string;
  readonly hashes: string;
  readonly versions: string;
  readonly preflight: string;
  readonly error: string | null;
  readonly processExit: string | null;
  readonly demo: string | null;
  readonly repetition: string | null;
  readonly paused: number;
  readonly tags: string;
  readonly pinned: number;
  readonly parentKind: string | null;
  readonly parentId: string | null;
}

const RUN_COLUMNS = `id, name, status, created_at AS createdAt, ended_at AS endedAt, recipe, hashes, versions, preflight,
  planned_steps AS plannedSteps, adapter_path AS adapterPath, best_adapter_path AS bestAdapterPath, error,
  process_exit AS processExit, demo, repetition, paused, tags, note, pinned,
  parent_kind AS parentKind, parent_id AS parentId, model_name AS modelName, data_name AS dataName, masking,
  steps_done AS stepsDone, trained_tokens AS trainedTokens, memory_bytes AS memoryBytes,
  estimated_memory_bytes AS estimatedMemoryBytes`;

/** So many of the last steps come with a run's details. */
const LAST_STEPS = 32;

const NAME_OF = 'SELECT name FROM runs WHERE id = ? AND deleted_at IS NULL';

const CHILDREN = `SELECT id, name, parent_kind AS kind, status FROM runs WHERE parent_id = ? AND deleted_at IS NULL
  ORDER BY created_at DESC, id DESC LIMIT 100`;

const ONE_RUN = `SELECT ${RUN_COLUMNS} FROM runs JOIN run_documents ON run_id = id WHERE id = ? AND deleted_at IS NULL`;

const briefSchema = runDetailsSchema.pick({
  id: true,
  name: true,
  status: true,
  recipe: true,
  hashes: true,
  versions: true,
  plannedSteps: true,
  adapterPath: true,
  bestAdapterPath: true,
  parent: true,
});

export function createRunStore(database: SqliteDatabase): RunStore {
  const writeSteps = createStepWriter(database);
  const buckets = createBucketWriter(database);
  const summarise = createSummariser(database);
  const reader = createStepReader(database);
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

  const hide = database.prepare(
    `UPDATE runs SET deleted_at = ? WHERE id = ? AND deleted_at IS NULL AND status NOT IN ('running', 'draft')`,
  );
  const unhide = database.prepare(
    'UPDATE runs SET deleted_at = NULL WHERE id = ? AND deleted_at IS NOT NULL',
  );

  const record = database.transaction((id: string, records: RunRecords, at: string) => {
    writeSteps(id, records.steps);
    for (const evaluation of records.evaluations) insertEvaluation.run({ runId: id, ...evaluation });
    for (const sample of records.samples) insertSample.run({ runId: id, ...sample });
    for (const warning of records.warnings) insertWarning.run({ runId: id, ...warning });
    if (records.checkpoints !== null) replaceCheckpoints(database, id, records.checkpoints);
    if (records.steps.length > 0 || records.evaluations.length > 0) summarise(id);
    beat.run(at, id);
  });
  const resume = database.transaction((id: string, resumption: RunResumption) => {
    if (!resumeRun(database, id, resumption)) return false;
    buckets.cutBehind(id, resumption.fromStep);
    summarise(id);
    return true;
  });

  return {
    create: run => database.transaction(() => insertRun(database, run)).immediate(),
    record: (id, records, at) => record.immediate(id, records, at),
    finish: (id, end) => finishRun(database, id, end),
    resume: (id, resumption) => resume.immediate(id, resumption),
    ...createRunsReader(database),
    ...createViewStore(database),
    ...createPaceReader(database),
    show: id => showRun(database, reader, id),
    metrics: reader.metrics,
    steps: reader.page,
    stepsWithoutGap: reader.stepsWithoutGap,
    change: (id, changes) => database.transaction(() => changeRun(database, id, changes)).immediate(),
    changeAll: (ids, changes) =>
      database.transaction(() => ids.filter(id => changeOfMany(database, id, changes))).immediate(),
    hide: (ids, at) => database.transaction(() => ids.filter(id => hide.run(at, id).changes > 0)).immediate(),
    unhide: ids => database.transaction(() => ids.filter(id => unhide.run(id).changes > 0)).immediate(),
    addVersions: (id, versions) =>
      void database
        .prepare('UPDATE run_documents SET versions = json_patch(versions, ?) WHERE run_id = ?')
        .run(JSON.stringify(versions), id),
    erase: id => database.transaction(() => eraseRun(database, id)).immediate(),
    runOfAdapter: path =>
      (database
        .prepare(
          `SELECT id FROM runs WHERE ? IN (adapter_path, best_adapter_path) AND deleted_at IS NULL
          ORDER BY created_at DESC, id DESC LIMIT 1`,
        )
        .pluck()
        .get(path) as string | undefined) ?? null,
    hiddenIdsStartingWith: prefix =>
      database
        .prepare('SELECT id FROM runs WHERE substr(id, 1, ?) = ? AND deleted_at IS NOT NULL')
        .pluck()
        .all(prefix.length, prefix) as string[],
    has: id => database.prepare('SELECT 1 FROM runs WHERE id = ?').get(id) !== undefined,
    adopt: (run, pages) =>
      database.transaction(() => adoptRun(database, { writeSteps, summarise }, run, pages)).immediate(),
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

function parentOf({ parentKind, parentId }: Pick<RunRow, 'parentKind' | 'parentId'>) {
  return parentKind === null ? null : { kind: parentKind, id: parentId };
}

function insertRun(database: SqliteDatabase, run: NewRun): void {
  const masking = run.recipe.masking.strategy;
  database
    .prepare(
      `INSERT INTO runs (id, name, status, created_at, model_name, data_name, masking, planned_steps, owner_pid,
        heartbeat_at, estimated_memory_bytes, parent_kind, parent_id, search, rank, alpha, learning_rate, epochs,
        examples_per_step)
      VALUES (@id, @name, 'running', @createdAt, @modelName, @dataName, @masking, @plannedSteps, @ownerPid,
        @createdAt, @estimatedMemoryBytes, @parentKind, @parentId, @search, @rank, @alpha, @learningRate, @epochs,
        @examplesPerStep)`,
    )
    .run({
      id: run.id,
      name: run.name,
      createdAt: run.createdAt,
      modelName: run.modelName,
      dataName: run.dataName,
      masking,
      plannedSteps: run.plannedSteps,
      ownerPid: run.ownerPid,
      estimatedMemoryBytes: run.preflight.estimate.memoryBytes,
      parentKind: run.parent?.kind ?? null,
      parentId: run.parent?.id ?? null,
      search: searchTextOf({ ...run, masking, tags: [], note: '' }),
      ...listedSettings(run.recipe),
    });
  database
    .prepare('INSERT INTO run_documents VALUES (?, ?, ?, ?, ?)')
    .run(run.id, ...[run.recipe, run.hashes, run.versions, run.preflight].map(part => JSON.stringify(part)));
}

function finishRun(database: SqliteDatabase, id: string, end: RunEnd): void {
  database
    .prepare(
      `UPDATE runs SET status = @status, ended_at = @endedAt, adapter_path = @adapterPath,
        best_adapter_path = @bestAdapterPath, error = @error, process_exit = @processExit, demo = @demo,
        paused = @paused, repetition = @repetition
      WHERE id = @id AND status = 'running'`,
    )
    .run({
      ...end,
      id,
      error: end.error === null ? null : JSON.stringify(end.error),
      processExit: end.processExit === null ? null : JSON.stringify(end.processExit),
      demo: end.demo === null ? null : JSON.stringify(end.demo),
      paused: end.paused ? 1 : 0,
      repetition: end.repetition === null ? null : JSON.stringify(end.repetition),
    });
}

/** A run that was taken up by another process meanwhile is left alone. */
function resumeRun(database: SqliteDatabase, id: string, resumption: RunResumption): boolean {
  const { at, fromStep, savedMs, ownerPid, checkpoints, extension } = resumption;
  const taken = database
    .prepare(
      `UPDATE runs SET status = 'running', ended_at = NULL, adapter_path = NULL, best_adapter_path = NULL, error = NULL,
        process_exit = NULL, demo = NULL, repetition = NULL, paused = 0, owner_pid = ?, heartbeat_at = ?,
        planned_steps = coalesce(?, planned_steps)
      WHERE id = ? AND (status IN ('interrupted', 'stopped', 'failed') OR (status = 'completed' AND ?))
        AND deleted_at IS NULL`,
    )
    .run(ownerPid, at, extension?.plannedSteps ?? null, id, extension === null ? 0 : 1);
  if (taken.changes === 0) return false;
  if (extension !== null) {
    database
      .prepare('UPDATE run_documents SET recipe = ? WHERE run_id = ?')
      .run(JSON.stringify(extension.recipe), id);
  }
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

function showRun(database: SqliteDatabase, reader: StepReader, id: string): RunDetails | null {
  const row = database.prepare(ONE_RUN).get(id);
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
    repetition: run.repetition === null ? null : JSON.parse(run.repetition),
    paused: run.paused === 1,
    pinned: run.pinned === 1,
    parent: parentOf(run),
    parentName: database.prepare(NAME_OF).pluck().get(run.parentId) ?? null,
    children: database.prepare(CHILDREN).all(id),
    firstStep: reader.firstStep(id),
    lastSteps: reader.lastSteps(id, LAST_STEPS),
    evaluations: rowsOf('step, loss, perplexity', 'evaluations', 'step'),
    checkpoints: rowsOf('step, path', 'checkpoints', 'step'),
    samples: rowsOf('step, prompt, text', 'samples', 'step, prompt'),
    warnings: rowsOf('code, message', 'warnings', 'id'),
    resumptions: rowsOf('at, from_step AS fromStep, saved_ms AS savedMs', 'resumptions', 'id'),
  });
}

function changeRun(database: SqliteDatabase, id: string, { name, tags, note, pinned }: RunChanges): boolean {
  const changed = database
    .prepare(
      `UPDATE runs SET name = coalesce(@name, name), tags = coalesce(@tags, tags), note = coalesce(@note, note),
        pinned = coalesce(@pinned, pinned)
      WHERE id = @id AND deleted_at IS NULL
      RETURNING id, name, model_name AS modelName, data_name AS dataName, masking, tags, note`,
    )
    .get({
      id,
      name: name ?? null,
      tags: tags === undefined ? null : JSON.stringify([...new Set(tags)]),
      note: note ?? null,
      pinned: pinned === undefined ? null : Number(pinned),
    }) as (Omit<SearchedRun, 'tags'> & { tags: string }) | undefined;
  if (changed === undefined) return false;
  const search = searchTextOf({ ...changed, tags: JSON.parse(changed.tags) as string[] });
  database.prepare('UPDATE runs SET search = ? WHERE id = ?').run(search, id);
  return true;
}

function changeOfMany(database: SqliteDatabase, id: string, changes: RunsChanges): boolean {
  const { addTags = [], removeTags = [], pinned } = changes;
  const before = database
    .prepare('SELECT tags FROM runs WHERE id = ? AND deleted_at IS NULL')
    .pluck()
    .get(id);
  if (before === undefined) return false;
  const kept = (JSON.parse(String(before)) as string[]).filter(tag => !removeTags.includes(tag));
  return changeRun(database, id, { tags: [...kept, ...addTags], pinned });
}

function briefRun(database: SqliteDatabase, id: string): RunBrief | null {
  const row = database.prepare(ONE_RUN).get(id);
  if (row === undefined) return null;
  const run = row as RunRow;
  return briefSchema.parse({
    ...run,
    recipe: JSON.parse(run.recipe),
    hashes: JSON.parse(run.hashes),
    versions: JSON.parse(run.versions),
    parent: parentOf(run),
  });
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
