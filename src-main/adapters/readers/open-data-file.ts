/** A data file of any readable kind, told by its content → its rows. */
import { open, stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { fail, type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import { readBytes, readHead } from './byte-stream.ts';
import type { DataFile, RawRow, ReadRow } from './data-file.ts';
import { readDelimited } from './delimited-reader.ts';
import { readJsonDocument } from './json-reader.ts';
import { readJsonLines } from './jsonl-reader.ts';
import { parseRow } from './parse-json.ts';
import { type SniffOptions, sniffContent } from './sniff-content.ts';
import { readParagraphs } from './text-reader.ts';

const HEAD_BYTES = 1 << 20;

/**
 * Errors: `data.binary`, `data.lfsPointer`, `data.webPage`, `data.empty`, `data.notADataset`. Throws what
 * the file system throws, and a CodedException `data.damaged` or `data.tooLarge`.
 */
export async function openDataFile(path: string, wanted: ReadonlySet<string>): Promise<Outcome<DataFile>> {
  const gzipped = await isGzipped(path);
  const { head, whole } = await readHead(path, HEAD_BYTES);
  const options: SniffOptions = { extension: extensionOf(path), whole, wanted };
  const content = sniffContent(head, options);
  const { size } = await stat(path);
  let position: number | null = null;
  const bytes = () => {
    position = 0;
    return readBytes(path, read => {
      position = read;
    });
  };
  const file = (
    kind: DataFile['kind'],
    rawRows: DataFile['rawRows'],
    notes: DataFile['notes'] = [],
  ): Outcome<DataFile> =>
    ok({
      kind,
      notes,
      rawRows,
      rows: firstRow => parsed(rawRows(firstRow)),
      sizeBytes: size,
      position: () => position,
    });
  switch (content.kind) {
    case 'refused':
      return fail(content.error);
    case 'jsonl':
      return file('jsonl', firstRow => readJsonLines(bytes(), firstRow));
    case 'json':
      return file('json', firstRow => readJsonDocument(bytes(), firstRow));
    case 'parquet': {
      // With its decompressors it is larger than all other readers together.
      const { readParquet } = await import('./parquet-reader.ts');
      return file('parquet', firstRow => readParquet(path, gzipped, firstRow));
    }
    case 'text':
      return file('text', firstRow => readParagraphs(bytes(), firstRow));
    case 'delimited': {
      const { header } = content;
      return file('delimited', firstRow => readDelimited(bytes(), header, firstRow), header.notes);
    }
  }
}

async function* parsed(rows: AsyncGenerator<RawRow>): AsyncGenerator<ReadRow> {
  for await (const row of rows) yield parseRow(row);
}

async function isGzipped(path: string): Promise<boolean> {
  const handle = await open(path, 'r');
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await handle.close();
  }
}

/** `train.jsonl.gz` → `jsonl` */
function extensionOf(path: string): string {
  const name = basename(path).toLowerCase().replace(/\.gz$/, '');
  return extname(name).slice(1);
}
