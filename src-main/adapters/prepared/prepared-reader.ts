/** Reads a prepared dataset: one example at a time, by index, from any place in the file. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { fail, type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import { DROP_REASONS, type LabelledExample, SPAN_METHODS } from '../../../src-shared/domain/labels.ts';
import { jsonOrNull } from '../readers/file-parts.ts';
import {
  HEADER_BYTES,
  INDEX_ENTRY_BYTES,
  MAGIC,
  type PreparedMeta,
  preparedMetaSchema,
  SPLITS,
  type Split,
  VERSION,
} from './format.ts';

export interface ExampleSummary {
  readonly row: number;
  readonly tokens: number;
  readonly trainableTokens: number;
  readonly truncatedTokens: number;
  readonly dropped: boolean;
}

export class PreparedDataset {
  readonly meta: PreparedMeta;
  readonly #fd: number;
  readonly #index: Buffer;
  #open = true;

  private constructor(fd: number, index: Buffer, meta: PreparedMeta) {
    this.#fd = fd;
    this.#index = index;
    this.meta = meta;
  }

  /** Errors: `prepared.notFound`, `prepared.damaged` (also for another version). */
  static open(path: string): Outcome<PreparedDataset> {
    let fd: number;
    try {
      fd = openSync(path, 'r');
    } catch (error) {
      return fail(damaged('prepared.notFound', error instanceof Error ? error.message : String(error)));
    }
    const opened = readParts(fd);
    if (typeof opened === 'string') {
      closeSync(fd);
      return fail(damaged('prepared.damaged', opened));
    }
    return ok(new PreparedDataset(fd, opened.index, opened.meta));
  }

  get examples(): number {
    return this.#index.length / INDEX_ENTRY_BYTES;
  }

  /** Throws a RangeError outside 0 … examples-1. */
  read(index: number): LabelledExample {
    const at = index * INDEX_ENTRY_BYTES;
    const tokens = this.#index.readUInt32LE(at + 8);
    const problemBytes = this.#index.readUInt32LE(at + 28);
    const record = Buffer.alloc(tokens * 8 + problemBytes);
    readFully(this.#fd, record, Number(this.#index.readBigUInt64LE(at)));
    const ids = record.buffer.slice(record.byteOffset, record.byteOffset + tokens * 8);
    const dropped = this.#index.readUInt8(at + 32);
    return {
      row: this.#index.readUInt32LE(at + 20),
      line: this.#index.readUInt32LE(at + 24),
      inputIds: new Int32Array(ids, 0, tokens),
      labels: new Int32Array(ids, tokens * 4, tokens),
      dropped: dropped === 0 ? null : (DROP_REASONS[dropped - 1] ?? 'invalid'),
      truncatedTokens: this.#index.readUInt32LE(at + 16),
      method: SPAN_METHODS[this.#index.readUInt8(at + 33)] ?? 'none',
      problem: record.toString('utf8', tokens * 8),
      findings: [],
      trace: null,
    };
  }

  /** What the index says of an example; cheap, the example itself is not read. Throws as `read` does. */
  summary(index: number): ExampleSummary {
    const at = index * INDEX_ENTRY_BYTES;
    const dropped = this.#index.readUInt8(at + 32);
    return {
      row: this.#index.readUInt32LE(at + 20),
      tokens: this.#index.readUInt32LE(at + 8),
      trainableTokens: this.#index.readUInt32LE(at + 12),
      truncatedTokens: this.#index.readUInt32LE(at + 16),
      dropped: dropped > 0,
    };
  }

  /** Indices of the examples in one part of the data, in file order. */
  indicesOf(split: Split): Uint32Array {
    const wanted = SPLITS.indexOf(split);
    const indices = new Uint32Array(this.examples);
    let count = 0;
    for (let i = 0; i < this.examples; i++) {
      if (this.#index.readUInt8(i * INDEX_ENTRY_BYTES + 34) === wanted) indices[count++] = i;
    }
    return indices.slice(0, count);
  }

  /** Tokens of each of these examples. */
  lengthsOf(indices: Uint32Array): Uint32Array {
    return indices.map(index => this.#index.readUInt32LE(index * INDEX_ENTRY_BYTES + 8));
  }

  /** Idempotent. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    closeSync(this.#fd);
  }
}

/** The index and the meta part, or what is wrong with the file. */
function readParts(fd: number): { index: Buffer; meta: PreparedMeta } | string {
  const size = fstatSync(fd).size;
  if (size < HEADER_BYTES) return `The file has ${size} bytes, fewer than its header.`;
  const header = Buffer.alloc(HEADER_BYTES);
  readFully(fd, header, 0);
  if (header.toString('latin1', 0, 8) !== MAGIC) return 'It does not begin as a prepared dataset does.';
  const version = header.readUInt32LE(8);
  if (version !== VERSION) return `Its version is ${version}, this build reads ${VERSION}.`;
  const indexBytes = header.readUInt32LE(12) * INDEX_ENTRY_BYTES;
  const indexOffset = Number(header.readBigUInt64LE(16));
  const metaOffset = Number(header.readBigUInt64LE(24));
  const metaLength = header.readUInt32LE(32);
  if (indexOffset + indexBytes !== metaOffset || metaOffset + metaLength !== size)
    return 'Its parts do not fit its size.';
  const index = Buffer.alloc(indexBytes);
  readFully(fd, index, indexOffset);
  const metaText = Buffer.alloc(metaLength);
  readFully(fd, metaText, metaOffset);
  const meta = preparedMetaSchema.safeParse(jsonOrNull(metaText.toString('utf8')));
  return meta.success ? { index, meta: meta.data } : 'Its description cannot be read.';
}

function readFully(fd: number, into: Buffer, position: number): void {
  for (let at = 0; at < into.length; ) {
    const count = readSync(fd, into, at, into.length - at, position + at);
    if (count === 0) throw new Error('The prepared dataset ended early.');
    at += count;
  }
}

function damaged(code: string, cause: string) {
  return {
    code,
    title: 'The prepared dataset cannot be read.',
    cause,
    remedy: 'Delete it from the cache; it is made again from the data file.',
  };
}
