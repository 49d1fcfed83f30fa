/** The name of the data file that a row lies in, rows being counted through all files; empty where none has it. Pure. */
import type { DataInspection } from '../../../src-shared/domain/inspection.ts';
import { fileName } from './step-state.ts';

export function fileOfRow(files: DataInspection['files'], row: number): string {
  let before = 0;
  for (const { path, rows } of files) {
    before += rows;
    if (row < before) return fileName(path);
  }
  return '';
}
