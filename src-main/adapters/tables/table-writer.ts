/** A file that a table is written into, whatever its format. */
import type { TableCell } from '../../backend/ports.ts';

export interface TableWriter {
  write(rows: readonly (readonly TableCell[])[]): void;
  /** Finishes the file. */
  close(): void;
}
