/** Writes a prepared dataset as examples stream by; nothing is left behind if it does not finish. */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import {
  countTrainableTokens,
  DROP_REASONS,
  type LabelledExample,
  SPAN_METHODS,
} from '../../../src-shared/domain/labels.ts';
import {
  HEADER_BYTES,
  INDEX_ENTRY_BYTES,
  MAGIC,
  type PreparedMeta,
  SPLITS,
  type Split,
  VERSION,
} from './format.ts';

const BUFFER_BYTES = 1 << 20;

interface IndexEntry {
  readonly offset: number;
  readonly tokens: number;
  readonly trainableTokens: number;
  readonly truncatedTokens: number;
  readonly row: number;
  readonly line: number;
  readonly problemBytes: number;
  readonly dropped: number;
  readonly method: number;
}

export class PreparedWriter {
  readonly #path: string;
  readonly #temporaryPath: string;
  readonly #fd: number;
  readonly #index: IndexEntry[] = [];
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #position = HEADER_BYTES;
  #open = true;

  /** Throws what `fs.openSync` throws where the folder cannot be written. */
  constructor(path: string) {
    this.#path = path;
    this.#temporaryPath = `${path}.${process.pid}.partial`;
    this.#fd = openSync(this.#temporaryPath, 'w');
    this.#put(Buffer.alloc(HEADER_BYTES));
    this.#position = HEADER_BYTES;
  }

  add(example: LabelledExample): void {
    const problem = Buffer.from(example.problem, 'utf8');
    this.#index.push({
      offset: this.#position,
      tokens: example.inputIds.length,
      trainableTokens: countTrainableTokens(example.labels),
      truncatedTokens: example.truncatedTokens,
      row: example.row,
      line: example.line,
      problemBytes: problem.length,
      dropped: example.dropped === null ? 0 : DROP_REASONS.indexOf(example.dropped) + 1,
      method: SPAN_METHODS.indexOf(example.method),
    });
    this.#append(bytesOf(example.inputIds));
    this.#append(bytesOf(example.labels));
    this.#append(problem);
    this.#append(Buffer.alloc((8 - (this.#position % 8)) % 8));
  }

  /** `splitOf(i)` says where the i-th kept example goes; dropped ones stay dropped. */
  finish(meta: PreparedMeta, splitOf: (index: number) => Split): void {
    const indexOffset = this.#position;
    this.#index.forEach((entry, i) => {
      this.#append(indexEntry(entry, entry.dropped > 0 ? 'dropped' : splitOf(i)));
    });
    const metaOffset = this.#position;
    const metaBytes = Buffer.from(JSON.stringify(meta), 'utf8');
    this.#append(metaBytes);
    this.#flush();
    writeSync(
      this.#fd,
      header(indexOffset, this.#index.length, metaOffset, metaBytes.length),
      0,
      HEADER_BYTES,
      0,
    );
    fsyncSync(this.#fd);
    closeSync(this.#fd);
    this.#open = false;
    renameSync(this.#temporaryPath, this.#path);
  }

  /** Removes what was written, unless `finish` was reached. Idempotent. */
  dispose(): void {
    if (!this.#open) return;
    this.#open = false;
    closeSync(this.#fd);
    rmSync(this.#temporaryPath, { force: true });
  }

  #append(bytes: Buffer): void {
    this.#put(bytes);
    this.#position += bytes.length;
  }

  #put(bytes: Buffer): void {
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
    if (this.#pendingBytes >= BUFFER_BYTES) this.#flush();
  }

  #flush(): void {
    const all = Buffer.concat(this.#pending);
    for (let at = 0; at < all.length; ) at += writeSync(this.#fd, all, at);
    this.#pending = [];
    this.#pendingBytes = 0;
  }
}

function bytesOf(ids: Int32Array): Buffer {
  return Buffer.from(ids.buffer, ids.byteOffset, ids.byteLength);
}

function indexEntry(entry: IndexEntry, split: Split): Buffer {
  const bytes = Buffer.alloc(INDEX_ENTRY_BYTES);
  bytes.writeBigUInt64LE(BigInt(entry.offset), 0);
  bytes.writeUInt32LE(entry.tokens, 8);
  bytes.writeUInt32LE(entry.trainableTokens, 12);
  bytes.writeUInt32LE(entry.truncatedTokens, 16);
  bytes.writeUInt32LE(entry.row, 20);
  bytes.writeUInt32LE(entry.line, 24);
  bytes.writeUInt32LE(entry.problemBytes, 28);
  bytes.writeUInt8(entry.dropped, 32);
  bytes.writeUInt8(entry.method, 33);
  bytes.writeUInt8(SPLITS.indexOf(split), 34);
  return bytes;
}

function header(indexOffset: number, examples: number, metaOffset: number, metaLength: number): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  bytes.write(MAGIC, 0, 'latin1');
  bytes.writeUInt32LE(VERSION, 8);
  bytes.writeUInt32LE(examples, 12);
  bytes.writeBigUInt64LE(BigInt(indexOffset), 16);
  bytes.writeBigUInt64LE(BigInt(metaOffset), 24);
  bytes.writeUInt32LE(metaLength, 32);
  return bytes;
}
