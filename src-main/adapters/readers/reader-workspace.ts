/** Files for the readers' tests, read back as a list of rows. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { orThrow } from '../../../src-shared/contract/coded-error.ts';
import { openDataFile } from './open-data-file.ts';

/** A file's bytes in the chunks that a test wants. */
export async function* stream(chunks: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* chunks;
}

export function createReaderWorkspace() {
  const directory = mkdtempSync(join(tmpdir(), 'luthier-reader-'));
  const open = (name: string, content: string | Buffer, wanted: readonly string[] = []) => {
    const path = join(directory, name);
    writeFileSync(path, content);
    return openDataFile(path, new Set(wanted));
  };
  return {
    open,
    /** The file's rows; throws where it is refused. */
    async read(name: string, content: string | Buffer, wanted: readonly string[] = []) {
      const file = orThrow(await open(name, content, wanted));
      const rows = [];
      for await (const row of file.rows(0)) rows.push(row);
      return rows;
    },
    /** The rows' values alone. */
    async values(name: string, content: string | Buffer, wanted: readonly string[] = []) {
      const rows = await this.read(name, content, wanted);
      return rows.map(row => (row.ok ? row.value : row.message));
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
