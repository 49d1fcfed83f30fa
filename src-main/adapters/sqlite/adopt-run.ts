/** Takes a run of another history, or of a diary, into this one, whole or not at all. */
import type { StepMetric } from '../../../src-shared/domain/training.ts';
import type { KeptRun } from '../../backend/ports.ts';
import { listedSettings } from './listed-settings.ts';
import { searchTextOf } from './search-text.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import type { createStepWriter } from './step-writer.ts';

export interface AdoptionTools {
  readonly writeSteps: ReturnType<typeof createStepWriter>;
  summarise(runId: string): void;
}

/** To be called inside a transaction. False, and nothing is changed, where the id is taken, be it by a deleted run. */
export function adoptRun(
  database: SqliteDatabase,
  { writeSteps, summarise }: AdoptionTools,
  run: KeptRun,
  pages: Iterable<readonly StepMetric[]>,
): boolean {
  if (database.prepare('SELECT 1 FROM runs WHERE id = ?').get(run.id) !== undefined) return false;
  const json = (value: unknown) => (value === null ? null : JSON.stringify(value));
  database
    .prepare(
      `INSERT INTO runs (id, name, status, created_at, ended_at, model_name, data_name, masking, planned_steps,
        adapter_path, best_adapter_path, error, process_exit, demo, repetition, paused, tags, note, pinned, parent_kind,
        parent_id, estimated_memory_bytes, owner_pid, heartbeat_at, search, rank, alpha, learning_rate, epochs,
        examples_per_step)
      VALUES (@id, @name, @status, @createdAt, @endedAt, @modelName, @dataName, @masking, @plannedSteps, @adapterPath,
        @bestAdapterPath, @error, @processExit, @demo, @repetition, @paused, @tags, @note, @pinned, @parentKind,
        @parentId, @estimatedMemoryBytes, 0, @createdAt, @search, @rank, @alpha, @learningRate, @epochs, @examplesPerStep)`,
    )
    .run({
      id: run.id,
      name: run.name,
      status: run.status,
      createdAt: run.createdAt,
      endedAt: run.endedAt,
      modelName: run.modelName,
      dataName: run.dataName,
      masking: run.masking,
      plannedSteps: run.plannedSteps,
      adapterPath: run.adapterPath,
      bestAdapterPath: run.bestAdapterPath,
      error: json(run.error),
      processExit: json(run.processExit),
      demo: json(run.demo),
      repetition: json(run.repetition),
      paused: Number(run.paused),
      tags: JSON.stringify(run.tags),
      note: run.note,
      pinned: Number(run.pinned),
      parentKind: run.parent?.kind ?? null,
      parentId: run.parent?.id ?? null,
      estimatedMemoryBytes: run.preflight.estimate.memoryBytes,
      search: searchTextOf(run),
      ...listedSettings(run.recipe),
    });
  const documents = [run.recipe, run.hashes, run.versions, run.preflight].map(part => JSON.stringify(part));
  database.prepare('INSERT INTO run_documents VALUES (?, ?, ?, ?, ?)').run(run.id, ...documents);
  for (const page of pages) writeSteps(run.id, page);
  const insertAll = (table: string, columns: string, rows: readonly (readonly unknown[])[]) => {
    const marks = columns.split(', ').map(() => '?');
    const insert = database.prepare(
      `INSERT OR REPLACE INTO ${table} (run_id, ${columns}) VALUES (?, ${marks.join(', ')})`,
    );
    for (const row of rows) insert.run(run.id, ...row);
  };
  insertAll(
    'evaluations',
    'step, loss, perplexity',
    run.evaluations.map(({ step, loss, perplexity }) => [step, loss, perplexity]),
  );
  insertAll(
    'checkpoints',
    'step, path',
    run.checkpoints.map(({ step, path }) => [step, path]),
  );
  insertAll(
    'samples',
    'step, prompt, text',
    run.samples.map(({ step, prompt, text }) => [step, prompt, text]),
  );
  insertAll(
    'warnings',
    'code, message',
    run.warnings.map(({ code, message }) => [code, message]),
  );
  insertAll(
    'resumptions',
    'at, from_step, saved_ms',
    run.resumptions.map(({ at, fromStep, savedMs }) => [at, fromStep, savedMs]),
  );
  summarise(run.id);
  return true;
}
