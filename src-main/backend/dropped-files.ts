/**
 * Takes over files part by part into `dropped` of the data folder: under a name of its own while it comes, in place
 * by a rename when it is whole. What nobody goes on with is removed.
 */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join, parse } from 'node:path';
import { type CodedError, fail, type Outcome, ok } from '../../src-shared/contract/coded-error.ts';
import type { ProcedureInput, ProcedureOutput } from '../../src-shared/contract/procedures.ts';
import { kindOfFile } from '../../src-shared/domain/dropped-file.ts';
import type { BackendParts } from './backend-parts.ts';
import { mayBeAlive } from './process-alive.ts';

const MOST_AT_ONCE = 4;
/** A page that sends nothing for so long has gone away. */
const PATIENCE_MS = 10 * 60_000;
/** What the disk keeps for everything else. */
const ROOM_LEFT_BYTES = 256 * 1024 * 1024;
const LONGEST_NAME = 120;

interface Arrival {
  readonly name: string;
  readonly bytes: number;
  readonly path: string;
  readonly fd: number;
  received: number;
  heardAt: number;
}

type Parts = Pick<BackendParts, 'home' | 'freeBytes' | 'now'>;

export class DroppedFiles {
  readonly #parts: Parts;
  readonly #arrivals = new Map<string, Arrival>();

  /** Removes what a process left that is gone. */
  constructor(parts: Parts) {
    this.#parts = parts;
    removeLeftParts(this.#folder);
  }

  get #folder(): string {
    return join(this.#parts.home, 'dropped');
  }

  begin({ name, bytes }: ProcedureInput<'dropped.begin'>): Outcome<ProcedureOutput<'dropped.begin'>> {
    if (kindOfFile(name) === null) return fail(unknownKind(name));
    this.#forgetSilent();
    if (this.#arrivals.size >= MOST_AT_ONCE) return fail(tooMany());
    const id = randomBytes(16).toString('hex');
    const path = join(this.#folder, `.${process.pid}-${id}.partial`);
    try {
      mkdirSync(this.#folder, { recursive: true });
      const free = this.#parts.freeBytes(this.#folder);
      if (free !== null && bytes > free - ROOM_LEFT_BYTES) return fail(noRoom(bytes, free));
      const fd = openSync(path, 'wx');
      const heardAt = this.#parts.now().getTime();
      this.#arrivals.set(id, { name: safeName(name), bytes, path, fd, received: 0, heardAt });
      return ok({ id });
    } catch (error) {
      return fail(notWritten(error));
    }
  }

  part({ id, at, part }: ProcedureInput<'dropped.part'>): Outcome<ProcedureOutput<'dropped.part'>> {
    const arrival = this.#arrivals.get(id);
    if (!arrival) return fail(gone());
    if (at !== arrival.received || at + part.length > arrival.bytes) return fail(outOfOrder(arrival, at));
    try {
      for (let done = 0; done < part.length; ) {
        done += writeSync(arrival.fd, part, done, part.length - done, at + done);
      }
    } catch (error) {
      return fail(notWritten(error));
    }
    arrival.received += part.length;
    arrival.heardAt = this.#parts.now().getTime();
    return ok({ received: arrival.received });
  }

  keep(id: string): Outcome<ProcedureOutput<'dropped.keep'>> {
    const arrival = this.#arrivals.get(id);
    if (!arrival) return fail(gone());
    if (arrival.received < arrival.bytes) return fail(notWhole(arrival));
    try {
      fsyncSync(arrival.fd);
      const path = putInPlace(arrival.path, this.#folder, arrival.name);
      this.abandon(id);
      return ok({ path });
    } catch (error) {
      this.abandon(id);
      return fail(notWritten(error));
    }
  }

  /** Idempotent. */
  abandon(id: string): void {
    const arrival = this.#arrivals.get(id);
    if (!arrival) return;
    this.#arrivals.delete(id);
    closeSync(arrival.fd);
    rmSync(arrival.path, { force: true });
  }

  /** Forgets all that has not been kept. */
  close(): void {
    for (const id of [...this.#arrivals.keys()]) this.abandon(id);
  }

  #forgetSilent(): void {
    const latest = this.#parts.now().getTime() - PATIENCE_MS;
    for (const [id, { heardAt }] of [...this.#arrivals]) if (heardAt < latest) this.abandon(id);
  }
}

/** The last part of whatever the browser calls its name, without what a file system could trip over. */
function safeName(name: string): string {
  const last = name.replaceAll('\\', '/').split('/').at(-1) ?? '';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be in a name
  const clean = last.replace(/[\u0000-\u001f<>:"|?*]/g, '_').replace(/^\.+/, '');
  return clean.slice(-LONGEST_NAME);
}

/**
 * `train.jsonl`, else `train (2).jsonl` and so on. A hard link is never made over a file that is there; a disk without
 * links gets a rename, after the look whether the name is free.
 */
function putInPlace(partial: string, folder: string, name: string): string {
  const end = /(\.luthier)?\.ya?ml$|\.[^.]+\.gz$/i.exec(name)?.[0] ?? parse(name).ext;
  const stem = name.slice(0, name.length - end.length) || 'file';
  for (let count = 1; ; count++) {
    const path = join(folder, count === 1 ? `${stem}${end}` : `${stem} (${count})${end}`);
    if (existsSync(path)) continue;
    try {
      linkSync(partial, path);
      return path;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EEXIST') continue;
      if (!NO_LINKS.includes(code ?? '')) throw error;
      renameSync(partial, path);
      return path;
    }
  }
}

/** What systems say where a disk has no hard links. */
const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'];

const LEFT = /^\.(\d+)-[0-9a-f]{32}\.partial$/;

function removeLeftParts(folder: string): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    const pid = LEFT.exec(name)?.[1];
    const path = join(folder, name);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (pid && stat && !mayBeAlive(Number(pid), stat.mtimeMs)) rmSync(path, { force: true });
  }
}

function unknownKind(name: string): CodedError {
  return {
    code: 'dropped.unknownKind',
    title: 'The file is nothing that the studio takes.',
    cause: `${name} is no recipe (.yaml), no model (.gguf) and no data file.`,
    remedy: 'Drop a recipe, a model or a data file.',
  };
}

function tooMany(): CodedError {
  return {
    code: 'dropped.tooMany',
    title: 'Too many files are being taken over.',
    cause: `${MOST_AT_ONCE} are under way.`,
    remedy: 'Wait until one is done, or cancel one.',
  };
}

function noRoom(bytes: number, free: number): CodedError {
  return {
    code: 'dropped.noRoom',
    title: 'The disk of the data folder has no room for the file.',
    cause: `It has ${bytes} bytes; ${free} are free.`,
    remedy: 'Type the path of the file instead, which needs no copy, or free space on the page Disk.',
  };
}

function gone(): CodedError {
  return {
    code: 'dropped.gone',
    title: 'The file is not being taken over any more.',
    cause: 'It was cancelled, or nothing came for ten minutes.',
    remedy: 'Drop it again.',
  };
}

function outOfOrder({ received, bytes }: Arrival, at: number): CodedError {
  return {
    code: 'dropped.outOfOrder',
    title: 'A part of the file does not fit.',
    cause: `It begins at ${at}; ${received} of ${bytes} bytes are there.`,
    remedy: 'Drop the file again. It may have changed meanwhile.',
  };
}

function notWhole({ received, bytes }: Arrival): CodedError {
  return {
    code: 'dropped.notWhole',
    title: 'The file is not whole.',
    cause: `${received} of ${bytes} bytes came.`,
    remedy: 'Drop the file again.',
  };
}

function notWritten(error: unknown): CodedError {
  return {
    code: 'dropped.notWritten',
    title: 'The file cannot be written to the data folder.',
    cause: error instanceof Error ? error.message : String(error),
    remedy: 'Free space on the disk of the data folder, or type the path of the file, which needs no copy.',
  };
}
