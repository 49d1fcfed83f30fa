/** Where a page wants an export to go: a folder of this machine, and a name in it. */
import { basename, isAbsolute, join } from 'node:path';
import { type CodedError, fail, type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';

/** Error: `export.wrongPlace`. */
export function targetIn(folder: string, name: string): Outcome<string> {
  if (!isAbsolute(folder)) return fail(wrongPlace(`${folder} is no absolute path.`));
  if (name !== basename(name) || name === '.' || name === '..') {
    return fail(wrongPlace(`${name} is no name of one file or folder.`));
  }
  return ok(join(folder, name));
}

function wrongPlace(cause: string): CodedError {
  return {
    code: 'export.wrongPlace',
    title: 'The place of the export cannot be used.',
    cause,
    remedy: 'Give the whole path of a folder, and a name without slashes.',
  };
}
