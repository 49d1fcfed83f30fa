/** What the models of this machine take. They belong to whoever put them there: Luthier only reads them. */
import { statSync } from 'node:fs';
import { basename } from 'node:path';
import type { DiskItem } from '../../../src-shared/domain/disk.ts';
import type { ModelFinder } from '../ports.ts';

/** Largest first; `folders` are looked through beside the places of other programs. */
export async function modelSizes(
  finder: ModelFinder,
  folders: readonly string[],
  signal: AbortSignal,
): Promise<DiskItem[]> {
  const items = (await finder.find(folders, signal)).map(({ path, name }): DiskItem => {
    const stat = statSync(path, { throwIfNoEntry: false });
    return {
      id: path,
      kind: 'model',
      name: name ?? basename(path),
      path,
      bytes: stat?.size ?? 0,
      files: 1,
      usedAt: stat?.mtime.toISOString() ?? null,
      cleanUp: 'keep',
      isProposed: false,
      reason: 'It is yours or another program’s; Luthier only reads it.',
    };
  });
  return items.sort((a, b) => b.bytes - a.bytes);
}
