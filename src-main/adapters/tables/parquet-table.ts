/** Writes a table as Parquet, a row group at a time. */
import { fileWriter, ParquetWriter } from 'hyparquet-writer';
import type { TableColumn } from '../../backend/ports.ts';
import type { TableWriter } from './table-writer.ts';

const PARQUET_TYPES = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  integer: { type: 'INT64' },
  real: { type: 'DOUBLE' },
} as const;

/** Columns may be null; integers have 64 bits. Snappy, which every reader knows. */
export function openParquet(path: string, columns: readonly TableColumn[]): TableWriter {
  const writer = new ParquetWriter({
    writer: fileWriter(path),
    schema: [
      { name: 'root', num_children: columns.length },
      ...columns.map(({ name, type }) => ({
        name,
        repetition_type: 'OPTIONAL' as const,
        ...PARQUET_TYPES[type],
      })),
    ],
    createdBy: 'luthier',
  });
  return {
    write: rows =>
      void writer.write({
        columnData: columns.map(({ name, type }, i) => ({
          name,
          data: rows.map(row => {
            const cell = row[i] ?? null;
            return type === 'integer' && cell !== null ? BigInt(Math.round(Number(cell))) : cell;
          }),
        })),
        rowGroupSize: rows.length,
      }),
    close: () => void writer.finish(),
  };
}
