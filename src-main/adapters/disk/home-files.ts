/** Takes things out of the data folder, for good or into its trash, and nothing from anywhere else. */
import { randomBytes } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { type CodedError, fail, type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { HomeFiles } from '../../backend/ports.ts';
import { writeSynced } from '../checkpoints/durable-files.ts';
import { surveyHome, surveyPrepared } from './survey-home.ts';

export const homeFiles: HomeFiles = {
  survey: surveyHome,
  prepared: surveyPrepared,
  remove,
  move,
  moveToTrash,
  restore,
};

/** First under another name, so that it is gone at once. Throws where the file system does. */
function remove(home: string, id: string): void {
  const path = placeOf(home, id);
  if (!lstatSync(path).isDirectory()) {
    rmSync(path);
    return;
  }
  const removed = `${path}.removed`;
  rmSync(removed, { recursive: true, force: true });
  renameSync(path, removed);
  rmSync(removed, { recursive: true });
}

/** Throws where the file system does, and where one of the two is not in the data folder. */
function move(home: string, from: string, to: string): void {
  renameSync(placeOf(home, from), placeOf(home, to));
}

/** `trash/ID/from` says where it was, `trash/ID/content` is what it was. Gives the id. */
function moveToTrash(home: string, id: string, now: Date): string {
  const path = placeOf(home, id);
  const trashId = `${now.toISOString().replace(/\D/g, '').slice(0, 14)}-${randomBytes(3).toString('hex')}`;
  const folder = join(realpathSync(home), 'trash', trashId);
  mkdirSync(folder, { recursive: true });
  writeSynced(join(folder, 'from'), [Buffer.from(id)]);
  renameSync(path, join(folder, 'content'));
  return trashId;
}

/** Errors: `disk.notInTrash`, `disk.placeTaken`. */
function restore(home: string, trashId: string): Outcome<{ path: string }> {
  const folder = join(realpathSync(home), 'trash', trashId);
  const content = join(folder, 'content');
  if (!/^[\w.-]+$/.test(trashId) || !existsSync(content)) return fail(notInTrash(trashId));
  const id = readFileSync(join(folder, 'from'), 'utf8');
  const path = join(realpathSync(home), ...id.split('/'));
  if (existsSync(path)) return fail(placeTaken(path));
  mkdirSync(dirname(path), { recursive: true });
  renameSync(content, placeOf(home, id));
  rmSync(folder, { recursive: true, force: true });
  return ok({ path });
}

/** Throws where the way there leaves the data folder, be it by `..` or by a link. */
function placeOf(home: string, id: string): string {
  const root = realpathSync(home);
  const path = join(root, ...id.split('/'));
  const way = relative(root, join(realpathSync(dirname(path)), path.slice(dirname(path).length + 1)));
  if (way === '' || way === '..' || way.startsWith(`..${sep}`) || relative(root, path) !== way) {
    throw new Error(`${path} is not in the data folder.`);
  }
  return path;
}

function notInTrash(trashId: string): CodedError {
  return {
    code: 'disk.notInTrash',
    title: 'There is nothing of this name in the trash.',
    cause: `${trashId} was restored or removed for good meanwhile.`,
    remedy: 'Look at the list again.',
  };
}

function placeTaken(path: string): CodedError {
  return {
    code: 'disk.placeTaken',
    title: 'There is something else in its place now.',
    cause: `${path} exists.`,
    remedy: 'Move that away, then restore again.',
  };
}
