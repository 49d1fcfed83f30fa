/** Everything that the checks of the data look at, gathered before any of them runs. */
import type { Check } from '../../../src-shared/domain/preflight.ts';
import type { Recipe } from '../../../src-shared/recipe/schema.ts';
import type { RowFormat } from '../import/import-options.ts';
import type { DatasetCounts, RowCount } from './count-dataset.ts';
import type { TemplateFacts } from './describe-template.ts';

/** What the header of the model file says. */
export interface ModelFacts {
  readonly architecture: string;
  readonly parameters: number;
  readonly weightBytes: number;
  readonly quantization: string;
  readonly vocabularySize: number;
  /** 0 where the file does not say. */
  readonly contextLength: number;
  readonly embeddingLength: number;
  readonly feedForwardLength: number;
  /** Elements of one attention head. */
  readonly headLength: number;
  readonly layers: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  /** Weights of a block that an adapter can change, such as `attn_q`. */
  readonly targetModules: readonly string[];
  readonly untrainableReason: string | null;
  readonly padId: number | null;
  readonly eosId: number | null;
}

export interface DataFacts {
  readonly recipe: Recipe;
  readonly format: RowFormat;
  readonly counts: DatasetCounts;
  /** Kept examples that are not held back for validation. */
  readonly trainingExamples: number;
  readonly model: ModelFacts;
  /** False where the model has never seen a text that begins with its begin token. */
  readonly expectsBos: boolean;
  /** Null where no row needs a template. */
  readonly template: TemplateFacts | null;
  readonly missingMarker: MissingMarker | null;
}

/** Of the first row that lacks a marker: which one, and what stands there in its place, if anything is like it. */
export interface MissingMarker {
  readonly marker: string;
  readonly row: number;
  readonly nearest: string | null;
}

/** A check before its fixes are looked for. */
export type Verdict = Omit<Check, 'fixes' | 'allowed'>;

/** How many rows a check lists at most; `count` says how many there are. */
export const SHOWN_ROWS = 20;
/** Above this share of the rows, what spoils single rows blocks the launch instead of warning. */
const BLOCKING_SHARE = 0.3;

export function passes(id: string, title: string, cause = ''): Verdict {
  return { id, severity: 'ok', title, cause, count: 0, rows: [] };
}

export function fires(
  id: string,
  severity: 'error' | 'warning' | 'info',
  title: string,
  cause: string,
  { count, rows }: RowCount = { count: 0, rows: [] },
): Verdict {
  return { id, severity, title, cause, count, rows: rows.slice(0, SHOWN_ROWS) };
}

export function byShare(count: number, examples: number): 'error' | 'warning' {
  return count > examples * BLOCKING_SHARE ? 'error' : 'warning';
}

/** "12 of 400 rows have", "1 of 400 rows has". */
export function rowsOf(count: number, examples: number, verb: 'have' | 'are' | ''): string {
  const one = { have: ' has', are: ' is', '': '' }[verb];
  const many = verb === '' ? '' : ` ${verb}`;
  return `${number(count)} of ${number(examples)} rows${count === 1 ? one : many}`;
}

export function number(value: number): string {
  return value.toLocaleString('en-US');
}

/** Several kinds of rows as one: each row once, in order. */
export function together(...kinds: readonly RowCount[]): RowCount {
  const rows = [...new Set(kinds.flatMap(kind => kind.rows))].sort((a, b) => a - b);
  return { count: kinds.reduce((sum, kind) => sum + kind.count, 0), rows };
}

export const NO_ROWS: RowCount = { count: 0, rows: [] };

export function memoryAmount(bytes: number): string {
  const value = bytes / 1024 ** 3;
  if (value < 0.1) return `${number(Math.round(value * 10240) / 10)} MiB`;
  return `${value < 10 ? value.toFixed(2) : number(Math.round(value))} GiB`;
}
