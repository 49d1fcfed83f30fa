/** Rows that can be read and yet are no training set → what they are instead, and what to do. */
import type { CodedError } from '../../../src-shared/contract/coded-error.ts';
import type { UnknownColumns } from '../../../src-shared/domain/inspection.ts';
import { type Columns, guessColumns } from './column-names.ts';
import { isSingleMessage } from './detect-format.ts';
import { isObject, type JsonObject, keysOf, kindOf } from './json-shapes.ts';
import { proposeColumns } from './propose-columns.ts';
import { cell } from './row-extras.ts';

/** Turns of a chat template that stand in the text already. */
const RENDERED =
  /<\|(im_start|start_header_id|user|assistant|system|turn|start)\|>|<start_of_turn>|<\|turn>|\[INST\]/;
/** Keys that only a settings file has. */
const SETTINGS = [
  'model_type',
  'architectures',
  'dependencies',
  'compilerOptions',
  '$schema',
  'version',
  'base_model',
];

/** For rows that fit no format; where their columns could be named, these are in the details. */
export function whyNotADataset(values: readonly unknown[], given: Columns): CodedError {
  const rows = values.filter(isObject);
  const [row] = rows;
  if (!row) return notADataset(`Its values are no rows: the first is ${kindOf(values[0])}.`, GIVE_ROWS);
  if (rows.length === 1 && SETTINGS.some(key => Object.hasOwn(row, key)))
    return notADataset(`It is one object with the settings ${keysOf(row)}: a configuration file.`, GIVE_ROWS);
  if (isSingleMessage(row))
    return notADataset(
      'Each of its rows is a single message, so nothing says which belong together.',
      'Give each conversation a row of its own: {messages: [{role, content}, …]}.',
    );
  const columns = guessColumns(Object.keys(row), given);
  const questions = columns.prompt ?? columns.messages;
  if (questions !== undefined && columns.completion === undefined) {
    return notADataset(
      `Its rows have questions (\`${questions}\`) and no answers; their keys are ${keysOf(row)}.`,
      'Add a column with the answers, or name it in dataset.columns.completion.',
      unknownColumns(rows),
    );
  }
  return notADataset(
    `No column of its rows has a known name; their keys are ${keysOf(row)}.`,
    'Name the columns in dataset.columns, for instance {prompt: …, completion: …} or {text: …}.',
    unknownColumns(rows),
  );
}

/** For columns that the recipe names and no row has; null where all are there. */
export function whyNoColumn(values: readonly unknown[], given: Columns): CodedError | null {
  const details = unknownColumns(values.filter(isObject));
  const names = new Set(details.columns);
  const missing = Object.entries(given).find(([, name]) => !names.has(name));
  if (!missing) return null;
  const [part, name] = missing;
  return {
    code: 'data.noColumn',
    title: 'The data has no such column.',
    cause: `dataset.columns.${part} names \`${name}\`; the columns are ${[...names].slice(0, 20).join(', ')}.`,
    remedy: 'Name one of these columns, or leave the key out.',
    details,
  };
}

/** For texts that are chats in a template's own tokens; null where most are not. */
export function whyRendered(values: readonly unknown[], given: Columns): CodedError | null {
  const texts = values.filter(isObject).map(row => textOf(row, given));
  const marks = texts.map(text => RENDERED.exec(text)?.[0]).filter(mark => mark !== undefined);
  if (marks.length === 0 || marks.length * 2 < texts.length) return null;
  return {
    ...notADataset(
      `Its texts are chats that a template has rendered already: ${marks.length} of the first ${texts.length} hold \`${marks[0]}\`.`,
      'Give the messages before rendering. To train the texts whole as they are, set dataset.format to text and template.parseSpecialInContent to true.',
    ),
    title: 'The data is rendered already.',
  };
}

const GIVE_ROWS = 'Give a file of rows: conversations, prompts with answers, or texts.';

function unknownColumns(rows: readonly JsonObject[]): UnknownColumns {
  return { columns: [...new Set(rows.flatMap(row => Object.keys(row)))], proposal: proposeColumns(rows) };
}

function notADataset(cause: string, remedy: string, details?: UnknownColumns): CodedError {
  const error = { code: 'data.notADataset', title: 'The file is not a training set.', cause, remedy };
  return details ? { ...error, details } : error;
}

function textOf(row: JsonObject, given: Columns): string {
  const text = cell(row, guessColumns(Object.keys(row), given).text);
  return typeof text === 'string' ? text : '';
}
