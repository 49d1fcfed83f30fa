/** The history as flat tables: a row for each run with all its settings, and one for each step, evaluation and sample. */
import { setImmediate as turn } from 'node:timers/promises';
import { compareSettings } from '../../../src-shared/comparison/compare-runs.ts';
import type { RunDetails } from '../../../src-shared/domain/run.ts';
import type { RunStore, Table, TableCell, TableColumn } from '../ports.ts';
import { stepPages } from './step-pages.ts';

/**
 * Of each run one after another, so that a long history takes no memory. Runs that are gone meanwhile are left out. Half of
 * it where the signal is aborted.
 */
export async function historyTables(
  store: RunStore,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<readonly Table[]> {
  function* details(): Generator<RunDetails> {
    for (const id of ids) {
      const run = store.show(id);
      if (run) yield run;
    }
  }
  function* perRun(rowsOf: (run: RunDetails) => TableCell[][]): Generator<TableCell[][]> {
    for (const run of details()) yield rowsOf(run);
  }
  function* steps(): Generator<TableCell[][]> {
    for (const id of ids) {
      for (const page of stepPages(store, id))
        yield page.map(step => [id, ...STEP_COLUMNS.map(({ key }) => step[key])]);
    }
  }
  return [
    runsTable(details, await settingsOf(store, ids, signal)),
    {
      name: 'steps',
      columns: [RUN_ID, ...STEP_COLUMNS.map(({ name, type }) => ({ name, type }))],
      chunks: steps,
    },
    {
      name: 'evaluations',
      columns: [RUN_ID, integer('step'), real('loss'), real('perplexity')],
      chunks: () =>
        perRun(({ id, evaluations }) =>
          evaluations.map(({ step, loss, perplexity }) => [id, step, loss, perplexity]),
        ),
    },
    {
      name: 'samples',
      columns: [RUN_ID, integer('step'), text('prompt'), text('text')],
      chunks: () =>
        perRun(({ id, samples }) => samples.map(sample => [id, sample.step, sample.prompt, sample.text])),
    },
  ];
}

const text = (name: string): TableColumn => ({ name, type: 'text' });
const integer = (name: string): TableColumn => ({ name, type: 'integer' });
const real = (name: string): TableColumn => ({ name, type: 'real' });
const RUN_ID = text('run_id');

const STEP_COLUMNS = [
  { ...integer('step'), key: 'step' },
  { ...real('epoch'), key: 'epoch' },
  { ...real('loss'), key: 'loss' },
  { ...real('learning_rate'), key: 'learningRate' },
  { ...real('grad_norm'), key: 'gradNorm' },
  { ...integer('trainable_tokens'), key: 'trainableTokens' },
  { ...integer('tokens'), key: 'tokens' },
  { ...real('tokens_per_second'), key: 'tokensPerSecond' },
  { ...integer('memory_bytes'), key: 'memoryBytes' },
  { ...real('elapsed_ms'), key: 'elapsedMs' },
] as const;

const RUN_COLUMNS: readonly (TableColumn & { of(run: RunDetails): TableCell })[] = [
  { ...text('id'), of: run => run.id },
  { ...text('name'), of: run => run.name },
  { ...text('status'), of: run => run.status },
  { ...text('created_at'), of: run => run.createdAt },
  { ...text('ended_at'), of: run => run.endedAt },
  { ...text('model_name'), of: run => run.modelName },
  { ...text('data_name'), of: run => run.dataName },
  { ...integer('planned_steps'), of: run => run.plannedSteps },
  { ...integer('steps_done'), of: run => run.stepsDone },
  { ...real('first_loss'), of: run => run.firstStep?.loss ?? null },
  { ...real('last_loss'), of: run => run.lastSteps.at(-1)?.loss ?? null },
  { ...real('last_evaluation_loss'), of: run => run.evaluations.at(-1)?.loss ?? null },
  { ...real('best_evaluation_loss'), of: ({ evaluations }) => lowest(evaluations.map(({ loss }) => loss)) },
  { ...real('duration_ms'), of: run => run.lastSteps.at(-1)?.elapsedMs ?? null },
  { ...integer('examples_kept'), of: run => run.preflight.totals.kept },
  { ...integer('trained_tokens'), of: run => run.trainedTokens },
  { ...integer('memory_bytes'), of: run => run.memoryBytes },
  { ...text('tags'), of: run => run.tags.join(', ') },
  { ...text('note'), of: run => run.note },
  { ...text('parent_kind'), of: run => run.parent?.kind ?? null },
  { ...text('parent_id'), of: run => run.parent?.id ?? null },
  { ...text('adapter_path'), of: run => run.adapterPath },
  { ...text('model_sha256'), of: run => run.hashes.model },
  { ...text('data_sha256'), of: run => run.hashes.data },
];

function lowest(values: readonly number[]): number | null {
  return values.length === 0 ? null : Math.min(...values);
}

/** Others have their turn after so many runs. */
const LOOKED_AT_ONCE = 50;

/** By their keys, whether all values of a setting are numbers: that shows only after all runs were looked at. */
async function settingsOf(
  store: RunStore,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, boolean>> {
  const areNumbers = new Map<string, boolean>();
  for (const [i, id] of ids.entries()) {
    if (i % LOOKED_AT_ONCE === 0) await turn();
    if (signal.aborted) break;
    for (const { key, values } of compareSettings([store.brief(id)?.recipe ?? {}])) {
      const [value = null] = values;
      areNumbers.set(key, (areNumbers.get(key) ?? true) && isNumberOrNothing(value));
    }
  }
  return areNumbers;
}

function runsTable(details: () => Generator<RunDetails>, areNumbers: ReadonlyMap<string, boolean>): Table {
  const keys = [...areNumbers.keys()].sort();
  return {
    name: 'runs',
    columns: [
      ...RUN_COLUMNS.map(({ name, type }) => ({ name, type })),
      ...keys.map(key => (areNumbers.get(key) ? real(`recipe.${key}`) : text(`recipe.${key}`))),
    ],
    *chunks() {
      for (const run of details()) {
        const settings = new Map(
          compareSettings([run.recipe]).map(({ key, values }) => [key, values[0] ?? null]),
        );
        const cells = keys.map(key => {
          const value = settings.get(key) ?? null;
          if (value === null || value === 'null') return null;
          return areNumbers.get(key) ? Number(value) : value;
        });
        yield [[...RUN_COLUMNS.map(({ of }) => of(run)), ...cells]];
      }
    },
  };
}

function isNumberOrNothing(json: string | null): boolean {
  return json === null || json === 'null' || (json.trim() !== '' && Number.isFinite(Number(json)));
}
