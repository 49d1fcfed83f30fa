/**
 * Writes small Parquet files for tests by hand, after the format's own description (parquet.thrift, Thrift
 * compact protocol): version 1 data pages, plain values, levels as runs of one.
 */

export interface FixtureColumn {
  /** From the root to the value. */
  readonly path: readonly string[];
  readonly type: 'text' | 'int64';
  /** One entry per value or gap. `definition` below `maxDefinition` is a null or an empty list. */
  readonly entries: readonly {
    readonly value: string | bigint | null;
    readonly definition: number;
    readonly repetition: number;
  }[];
  readonly maxDefinition: number;
  readonly maxRepetition: number;
}

export interface FixtureFile {
  /** Depth first, without the root: `[name, repetition, children, convertedType]`. */
  readonly schema: readonly FixtureElement[];
  readonly rootChildren: number;
  readonly rowGroups: readonly { readonly rows: number; readonly columns: readonly FixtureColumn[] }[];
  /** As the format numbers it: 0 none, 2 gzip, 4 brotli, 6 zstd. */
  readonly codec: number;
  readonly compress: (bytes: Buffer) => Buffer;
}

export interface FixtureElement {
  readonly name: string;
  readonly repetition: 'required' | 'optional' | 'repeated';
  readonly type?: 'text' | 'int64';
  readonly children?: number;
  readonly list?: boolean;
}

export function parquetFile(file: FixtureFile): Buffer {
  const parts: Buffer[] = [Buffer.from('PAR1')];
  let offset = 4;
  const groups = file.rowGroups.map(({ rows, columns }) => {
    const chunks = columns.map(column => {
      const { bytes, uncompressedBytes } = dataPage(column, file);
      const chunk = columnChunk(column, file.codec, offset, bytes.length, uncompressedBytes);
      parts.push(bytes);
      offset += bytes.length;
      return chunk;
    });
    return struct([1, structs(chunks)], [2, i64(offset)], [3, i64(rows)]);
  });
  const rows = file.rowGroups.reduce((sum, group) => sum + group.rows, 0);
  const root = struct([4, text('root')], [5, i32(file.rootChildren)]);
  const schema = structs([root, ...file.schema.map(schemaElement)]);
  const footer = struct([1, i32(1)], [2, schema], [3, i64(rows)], [4, structs(groups)]).bytes;
  return Buffer.concat([...parts, footer, uint32(footer.length), Buffer.from('PAR1')]);
}

const REPETITIONS = ['required', 'optional', 'repeated'];
const TYPE = { int64: 2, text: 6 };
const PLAIN = 0;
const RLE = 3;

function schemaElement(element: FixtureElement): Thrift {
  const { name, repetition, type, children, list } = element;
  const fields: [number, Thrift][] = [];
  if (type) fields.push([1, i32(TYPE[type])]);
  fields.push([3, i32(REPETITIONS.indexOf(repetition))], [4, text(name)]);
  if (children) fields.push([5, i32(children)]);
  if (type === 'text') fields.push([6, i32(0)]);
  if (list) fields.push([6, i32(3)]);
  return struct(...fields);
}

function dataPage(column: FixtureColumn, { codec, compress }: FixtureFile) {
  const { entries, maxDefinition, maxRepetition } = column;
  const repetition = maxRepetition > 0 ? levels(entries.map(entry => entry.repetition)) : Buffer.alloc(0);
  const definition = maxDefinition > 0 ? levels(entries.map(entry => entry.definition)) : Buffer.alloc(0);
  const values = entries.flatMap(({ value }) => (value === null ? [] : [plain(value)]));
  const body = Buffer.concat([repetition, definition, ...values]);
  const packed = codec === 0 ? body : compress(body);
  const header = struct(
    [1, i32(0)],
    [2, i32(body.length)],
    [3, i32(packed.length)],
    [5, struct([1, i32(entries.length)], [2, i32(PLAIN)], [3, i32(RLE)], [4, i32(RLE)])],
  ).bytes;
  return { bytes: Buffer.concat([header, packed]), uncompressedBytes: header.length + body.length };
}

function columnChunk(column: FixtureColumn, codec: number, offset: number, bytes: number, unpacked: number) {
  const meta = struct(
    [1, i32(TYPE[column.type])],
    [2, list(5, [i32(PLAIN), i32(RLE)])],
    [3, list(8, column.path.map(text))],
    [4, i32(codec)],
    [5, i64(column.entries.length)],
    [6, i64(unpacked)],
    [7, i64(bytes)],
    [9, i64(offset)],
  );
  return struct([2, i64(offset)], [3, meta]);
}

/** Levels below 256: each a run of one, behind their length. */
function levels(values: readonly number[]): Buffer {
  const runs = Buffer.from(values.flatMap(value => [2, value]));
  return Buffer.concat([uint32(runs.length), runs]);
}

function plain(value: string | bigint): Buffer {
  if (typeof value === 'string') return Buffer.concat([uint32(Buffer.byteLength(value)), Buffer.from(value)]);
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(value);
  return bytes;
}

/** A value of the Thrift compact protocol with its type number. */
interface Thrift {
  readonly type: number;
  readonly bytes: Buffer;
}

const i32 = (value: number): Thrift => ({ type: 5, bytes: varint(value * 2) });
const i64 = (value: number): Thrift => ({ type: 6, bytes: varint(value * 2) });
const text = (value: string): Thrift => ({
  type: 8,
  bytes: Buffer.concat([varint(Buffer.byteLength(value)), Buffer.from(value)]),
});
const structs = (values: readonly Thrift[]) => list(12, values);

function list(elementType: number, values: readonly Thrift[]): Thrift {
  const head =
    values.length < 15
      ? Buffer.from([(values.length << 4) | elementType])
      : Buffer.concat([Buffer.from([0xf0 | elementType]), varint(values.length)]);
  return { type: 9, bytes: Buffer.concat([head, ...values.map(value => value.bytes)]) };
}

function struct(...fields: readonly (readonly [id: number, value: Thrift])[]): Thrift {
  let last = 0;
  const parts = fields.flatMap(([id, value]) => {
    const head = Buffer.from([((id - last) << 4) | value.type]);
    last = id;
    return [head, value.bytes];
  });
  return { type: 12, bytes: Buffer.concat([...parts, Buffer.from([0])]) };
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
