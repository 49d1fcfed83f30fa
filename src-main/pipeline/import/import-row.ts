/** A parsed row of a data file → an example of its format, or the reason why it is none. */
import { assertNever } from '../../../src-shared/domain/assert-never.ts';
import type { Conversation, Finding, Row, RowPlace } from '../../../src-shared/domain/conversation.ts';
import { alpacaRow } from './alpaca-row.ts';
import { type Columns, guessColumns } from './column-names.ts';
import { asRow, exampleKind, formatOf } from './detect-format.ts';
import { hasPlaceholder } from './find-placeholders.ts';
import { type ImportOptions, invalid, type RowBody, type RowFormat } from './import-options.ts';
import { isAbsent, type JsonObject, kindOf, unwrapJson } from './json-shapes.ts';
import { messagesRow } from './messages-row.ts';
import { pairRow } from './pair-row.ts';
import { hasPreference, preferenceRow, verdictOf } from './preference-row.ts';
import { cell } from './row-extras.ts';
import { textRow } from './text-row.ts';
import { tokenizedRow } from './tokenized-row.ts';

export interface RowImporter {
  /** Never throws for what is in the row. */
  importRow(value: unknown, place: RowPlace): Row;
  /** Which column of this row holds what. */
  columnsOf(row: JsonObject): Columns;
}

/** Rows of a file have few different sets of keys; more than this are not remembered. */
const REMEMBERED_LAYOUTS = 100;

export function createRowImporter(options: ImportOptions): RowImporter {
  const layouts = new Map<string, Columns>();
  const columnsOf = (row: JsonObject): Columns => {
    const names = Object.keys(row);
    const signature = names.join('\n');
    const known = layouts.get(signature);
    if (known) return known;
    const columns = guessColumns(names, options.columns);
    if (layouts.size < REMEMBERED_LAYOUTS) layouts.set(signature, columns);
    return columns;
  };
  return {
    columnsOf,
    importRow: (value, place) => ({ ...place, ...withPlaceholder(bodyOf(value, columnsOf, options)) }),
  };
}

function bodyOf(value: unknown, columnsOf: (row: JsonObject) => Columns, options: ImportOptions): RowBody {
  const row = asRow(value);
  if (!row) return invalid('row.notAnObject', `The row is ${kindOf(value)}, not an object.`);
  const columns = columnsOf(row);
  const format = options.formatFixed ? options.format : (formatOf(row, columns) ?? options.format);
  if (exampleKind(format) !== exampleKind(options.format)) {
    return invalid(
      'row.otherFormat',
      `The row is laid out as ${format}, the file as ${options.format}; put such rows into a file of their own.`,
    );
  }
  if (exampleKind(format) === 'conversation' || format === 'prompt-completion')
    return judgedRow(row, columns, format, options);
  return plainRow(row, columns, format, options);
}

/** Rows that may say which answer is good: only good ones are used, and such rows are marked. */
function judgedRow(row: JsonObject, columns: Columns, format: RowFormat, options: ImportOptions): RowBody {
  if (hasPreference(row, columns)) {
    if (format !== 'prompt-completion') return preferenceRow(row, columns, options);
    const { chosen = 'chosen' } = columns;
    return withFinding(pairRow(row, { ...columns, completion: chosen }, options), 'data.preference');
  }
  // A column `label` beside instructions is something else: only KTO's own layouts have verdicts.
  const judged = format !== 'alpaca' || columns.verdict === 'kto_tag';
  const verdict = judged ? verdictOf(row, columns) : null;
  if (verdict === false)
    return invalid(
      'row.rejectedAnswer',
      `\`${columns.verdict}\` is false: the answer is marked as a bad one.`,
    );
  const body = plainRow(row, columns, format, options);
  const rejected = unwrapJson(cell(row, columns.rejected));
  return verdict === true || !isAbsent(rejected) ? withFinding(body, 'data.preference') : body;
}

function plainRow(row: JsonObject, columns: Columns, format: RowFormat, options: ImportOptions): RowBody {
  switch (format) {
    case 'messages':
    case 'sharegpt':
      return messagesRow(row, columns, options);
    case 'alpaca':
      return alpacaRow(row, columns, options);
    case 'prompt-completion':
      return pairRow(row, columns, options);
    case 'text':
      return textRow(row, columns);
    case 'tokenized':
      return tokenizedRow(row, columns);
    default:
      return assertNever(format);
  }
}

function withPlaceholder(body: RowBody): RowBody {
  return textsOf(body).some(hasPlaceholder) ? withFinding(body, 'data.placeholder') : body;
}

function withFinding(body: RowBody, finding: Finding): RowBody {
  return body.kind === 'invalid' ? body : { ...body, findings: [...body.findings, finding] };
}

function textsOf(body: RowBody): readonly string[] {
  switch (body.kind) {
    case 'conversation':
      return contentsOf(body.conversation);
    case 'message-pair':
      return [...contentsOf(body.prompt), ...contentsOf({ messages: body.completion })];
    case 'pair':
      return [body.prompt, body.completion];
    case 'text':
      return [body.text];
    case 'tokenized':
    case 'invalid':
      return [];
    default:
      return assertNever(body);
  }
}

function contentsOf({ messages }: Conversation): string[] {
  return messages.map(({ content }) => content ?? '');
}
