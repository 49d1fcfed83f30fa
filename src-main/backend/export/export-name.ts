/** What the file or folder of an export is called, unless the user says otherwise. */
import type { ExportFormat } from '../../../src-shared/domain/export.ts';

const SUFFIX: Record<ExportFormat, string> = {
  'gguf-adapter': '-adapter.gguf',
  gguf: '.gguf',
  peft: '-peft',
  ollama: '-ollama',
  trl: '-trl',
};

export function exportNameOf(runName: string, format: ExportFormat): string {
  return `${fileStemOf(runName)}${SUFFIX[format]}`;
}

/** Letters and digits of any script stay; what some file system refuses becomes a dash. */
export function fileStemOf(runName: string): string {
  const safe = runName.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[.-]+|[.-]+$/g, '');
  return safe === '' ? 'run' : safe.slice(0, 100);
}
