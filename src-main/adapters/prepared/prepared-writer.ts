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
import { partialPath } from './leftovers.ts';

const BUFFER_BYTES = 1 << 20;
const PADDING = Buffer.alloc(8);
const ENTRIES_PER_BLOCK = 1 << 14;

export class PreparedWriter {
  readonly #path: string;
  readonly #temporaryPath: string;
  readonly #fd: number;
  readonly #index = new GrowingIndex();
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #position = HEADER_BYTES;
  #open = true;

  /** Throws what `fs.openSync` throws where the folder cannot be written. */
  constructor(path: string) {
    this.#path = path;
    this.#temporaryPath = partialPath(path);
    this.#fd = openSync(this.#temporaryPath, 'w');
    this.#put(Buffer.alloc(HEADER_BYTES));
    this.#position = HEADER_BYTES;
  }

  add(example: LabelledExample): void {
    const problem = Buffer.from(example.problem, 'utf8');
    this.#index.add(example, this.#position, problem.length);
    this.#append(bytesOf(example.inputIds));
    this.#append(bytesOf(example.labels));
    this.#append(problem);
    this.#append(PADDING.subarray(0, (8 - (this.#position % 8)) % 8));
  }

  /** `splitOf(i)` says where the i-th kept example goes; dropped ones stay dropped. */
  finish(meta: PreparedMeta, splitOf: (index: number) => Split): void {
    const indexOffset = this.#position;
    for (const block of this.#index.blocks(splitOf)) this.#append(block);
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

/** The index while it grows: its bytes as they will stand in the file, in blocks that are never copied. */
class GrowingIndex {
  readonly #blocks: Buffer[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(example: LabelledExample, offset: number, problemBytes: number): void {
    const at = (this.#length % ENTRIES_PER_BLOCK) * INDEX_ENTRY_BYTES;
    if (at === 0) this.#blocks.push(Buffer.alloc(ENTRIES_PER_BLOCK * INDEX_ENTRY_BYTES));
    const block = this.#blocks.at(-1) as Buffer;
    this.#length++;
    block.writeUInt32LE(offset % 2 ** 32, at);
    block.writeUInt32LE(Math.floor(offset / 2 ** 32), at + 4);
    block.writeUInt32LE(example.inputIds.length, at + 8);
    block.writeUInt32LE(countTrainableTokens(example.labels), at + 12);
    block.writeUInt32LE(example.truncatedTokens, at + 16);
    block.writeUInt32LE(example.row, at + 20);
    block.writeUInt32LE(example.line, at + 24);
    block.writeUInt32LE(problemBytes, at + 28);
    block.writeUInt8(example.dropped === null ? 0 : DROP_REASONS.indexOf(example.dropped) + 1, at + 32);
    block.writeUInt8(SPAN_METHODS.indexOf(example.method), at + 33);
  }

  /** The whole index, with the part of the data that each kept example goes to filled in. */
  *blocks(splitOf: (index: number) => Split): Generator<Buffer> {
    for (const [number, block] of this.#blocks.entries()) {
      const first = number * ENTRIES_PER_BLOCK;
      const entries = Math.min(ENTRIES_PER_BLOCK, this.#length - first);
      for (let i = 0; i < entries; i++) {
        const at = i * INDEX_ENTRY_BYTES;
        const split = block.readUInt8(at + 32) > 0 ? 'dropped' : splitOf(first + i);
        block.writeUInt8(SPLITS.indexOf(split), at + 34);
      }
      yield block.subarray(0, entries * INDEX_ENTRY_BYTES);
    }
  }
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
