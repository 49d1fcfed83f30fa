/** The history's schema, step by step. A released step is never changed; a new one is added. */
import { fillSchema4 } from './fill-schema-4.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { BUCKET_COLUMNS } from './step-buckets.ts';

export interface Migration {
  readonly version: number;
  readonly sql: string;
  /** Works out, in the same transaction, what SQL alone cannot. */
  readonly fill?: (database: SqliteDatabase) => void;
}

export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    sql: `
      CREATE TABLE runs (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        status TEXT NOT NULL CHECK (status IN ('draft','running','completed','stopped','failed','interrupted')),
        created_at TEXT NOT NULL,
        ended_at TEXT,
        recipe TEXT NOT NULL,
        hashes TEXT NOT NULL,
        versions TEXT NOT NULL,
        preflight TEXT NOT NULL,
        model_name TEXT NOT NULL,
        data_name TEXT NOT NULL,
        masking TEXT NOT NULL,
        planned_steps INTEGER NOT NULL,
        adapter_path TEXT,
        best_adapter_path TEXT,
        error TEXT,
        process_exit TEXT,
        demo TEXT,
        owner_pid INTEGER NOT NULL,
        heartbeat_at TEXT NOT NULL,
        deleted_at TEXT
      ) STRICT;
      CREATE INDEX runs_by_creation ON runs (created_at DESC);
      CREATE TABLE steps (
        run_id TEXT NOT NULL REFERENCES runs (id),
        step INTEGER NOT NULL,
        epoch REAL NOT NULL,
        loss REAL NOT NULL,
        learning_rate REAL NOT NULL,
        grad_norm REAL NOT NULL,
        trainable_tokens INTEGER NOT NULL,
        tokens INTEGER NOT NULL,
        tokens_per_second REAL NOT NULL,
        memory_bytes INTEGER NOT NULL,
        elapsed_ms REAL NOT NULL,
        PRIMARY KEY (run_id, step)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE evaluations (
        run_id TEXT NOT NULL REFERENCES runs (id),
        step INTEGER NOT NULL,
        loss REAL NOT NULL,
        perplexity REAL NOT NULL,
        PRIMARY KEY (run_id, step)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE checkpoints (
        run_id TEXT NOT NULL REFERENCES runs (id),
        step INTEGER NOT NULL,
        path TEXT NOT NULL,
        PRIMARY KEY (run_id, step)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE warnings (
        id INTEGER PRIMARY KEY,
        run_id TEXT NOT NULL REFERENCES runs (id),
        code TEXT NOT NULL,
        message TEXT NOT NULL
      ) STRICT;
      CREATE INDEX warnings_by_run ON warnings (run_id);
    `,
  },
  {
    version: 2,
    sql: `
      ALTER TABLE runs ADD COLUMN paused INTEGER NOT NULL DEFAULT 0 CHECK (paused IN (0, 1));
      CREATE TABLE resumptions (
        id INTEGER PRIMARY KEY,
        run_id TEXT NOT NULL REFERENCES runs (id),
        at TEXT NOT NULL,
        from_step INTEGER NOT NULL,
        saved_ms REAL NOT NULL
      ) STRICT;
      CREATE INDEX resumptions_by_run ON resumptions (run_id);
      CREATE TABLE samples (
        run_id TEXT NOT NULL REFERENCES runs (id),
        step INTEGER NOT NULL,
        prompt TEXT NOT NULL,
        text TEXT NOT NULL,
        PRIMARY KEY (run_id, step, prompt)
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    version: 3,
    sql: `
      ALTER TABLE runs ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';
      ALTER TABLE runs ADD COLUMN note TEXT NOT NULL DEFAULT '';
    `,
  },
  {
    // What a list shows stands in narrow rows; documents and steps are read for one run only.
    version: 4,
    sql: `
      CREATE TABLE run_documents (
        run_id TEXT PRIMARY KEY REFERENCES runs (id),
        recipe TEXT NOT NULL,
        hashes TEXT NOT NULL,
        versions TEXT NOT NULL,
        preflight TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
      INSERT INTO run_documents SELECT id, recipe, hashes, versions, preflight FROM runs;
      ALTER TABLE runs ADD COLUMN estimated_memory_bytes INTEGER;
      UPDATE runs SET estimated_memory_bytes = json_extract(preflight, '$.estimate.memoryBytes')
        WHERE json_valid(preflight);
      ALTER TABLE runs DROP COLUMN recipe;
      ALTER TABLE runs DROP COLUMN hashes;
      ALTER TABLE runs DROP COLUMN versions;
      ALTER TABLE runs DROP COLUMN preflight;
      ALTER TABLE runs ADD COLUMN steps_done INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE runs ADD COLUMN first_loss REAL;
      ALTER TABLE runs ADD COLUMN last_loss REAL;
      ALTER TABLE runs ADD COLUMN last_evaluation_loss REAL;
      ALTER TABLE runs ADD COLUMN best_evaluation_loss REAL;
      ALTER TABLE runs ADD COLUMN duration_ms REAL;
      ALTER TABLE runs ADD COLUMN trained_tokens INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE runs ADD COLUMN memory_bytes INTEGER;
      ALTER TABLE runs ADD COLUMN sparkline TEXT NOT NULL DEFAULT '[]';
      ALTER TABLE runs ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0 CHECK (pinned IN (0, 1));
      ALTER TABLE runs ADD COLUMN parent_kind TEXT CHECK (parent_kind IN ('continued','cloned','again'));
      ALTER TABLE runs ADD COLUMN parent_id TEXT;
      ALTER TABLE runs ADD COLUMN search TEXT NOT NULL DEFAULT '';

      ALTER TABLE steps RENAME TO steps_before;
      CREATE TABLE steps (
        run_id TEXT NOT NULL REFERENCES runs (id),
        step INTEGER NOT NULL,
        epoch REAL NOT NULL,
        loss REAL NOT NULL,
        learning_rate REAL NOT NULL,
        grad_norm REAL NOT NULL,
        trainable_tokens INTEGER NOT NULL,
        tokens INTEGER NOT NULL,
        tokens_per_second REAL NOT NULL,
        memory_bytes INTEGER NOT NULL,
        elapsed_ms REAL NOT NULL,
        trained_total INTEGER NOT NULL,
        tokens_total INTEGER NOT NULL,
        PRIMARY KEY (run_id, step)
      ) STRICT, WITHOUT ROWID;
      INSERT INTO steps SELECT *, sum(trainable_tokens) OVER so_far, sum(tokens) OVER so_far FROM steps_before
        WINDOW so_far AS (PARTITION BY run_id ORDER BY step ROWS UNBOUNDED PRECEDING);
      DROP TABLE steps_before;
      CREATE TABLE step_buckets (
        run_id TEXT NOT NULL REFERENCES runs (id),
        level INTEGER NOT NULL,
        bucket INTEGER NOT NULL,
        ${BUCKET_COLUMNS.map(({ name, type }) => `${name} ${type} NOT NULL`).join(',\n        ')},
        PRIMARY KEY (run_id, level, bucket)
      ) STRICT, WITHOUT ROWID;
    `,
    fill: fillSchema4,
  },
  {
    version: 5,
    sql: `
      ALTER TABLE runs ADD COLUMN repetition TEXT;
      CREATE INDEX runs_by_parent ON runs (parent_id) WHERE parent_id IS NOT NULL;
    `,
  },
  {
    // The settings that a list shows and sorts by, and the views that were saved of it.
    version: 6,
    sql: `
      ALTER TABLE runs ADD COLUMN rank INTEGER;
      ALTER TABLE runs ADD COLUMN alpha REAL;
      ALTER TABLE runs ADD COLUMN learning_rate REAL;
      ALTER TABLE runs ADD COLUMN epochs REAL;
      ALTER TABLE runs ADD COLUMN examples_per_step INTEGER;
      UPDATE runs SET
        rank = CAST(recipe ->> '$.adapter.rank' AS INTEGER),
        alpha = CAST(recipe ->> '$.adapter.alpha' AS REAL),
        learning_rate = CAST(recipe ->> '$.training.learningRate' AS REAL),
        epochs = CAST(recipe ->> '$.training.epochs' AS REAL),
        examples_per_step = CAST(recipe ->> '$.training.batchSize' AS INTEGER)
          * CAST(recipe ->> '$.training.gradientAccumulationSteps' AS INTEGER)
        FROM run_documents WHERE run_id = id AND json_valid(recipe);
      CREATE TABLE views (name TEXT PRIMARY KEY, view TEXT NOT NULL) STRICT;
    `,
  },
];

export const SCHEMA_VERSION = MIGRATIONS.at(-1)?.version ?? 0;
