/** Why a whole file is refused, in words that name what the file is. */
import type { CodedError } from '../../../src-shared/contract/coded-error.ts';

const CONVERT = 'Save the data as JSONL, JSON, CSV, Parquet or text.';

/** The file is of a kind that holds no rows: `what` names it ("a PDF document"). */
export function wrongKind(code: string, what: string, remedy = CONVERT): CodedError {
  return { code, title: `The file is ${what}.`, cause: 'It holds no rows that could be read here.', remedy };
}

export function emptyFile(): CodedError {
  return {
    code: 'data.empty',
    title: 'The data file has no rows.',
    cause: 'It is empty, or holds white space only.',
    remedy: 'Check that the export or download has finished.',
  };
}

export function damagedFile(cause: string): CodedError {
  return {
    code: 'data.damaged',
    title: 'The data file is damaged.',
    cause,
    remedy: 'Download or export it again.',
  };
}

export function tooLarge(cause: string): CodedError {
  return {
    code: 'data.tooLarge',
    title: 'The data file unpacks to too much.',
    cause,
    remedy: 'Unpack or split it first.',
  };
}
