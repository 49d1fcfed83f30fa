/** Everything in the data folder, sorted into what it is. Looks only; decides nothing. */
import { readFile, realpath, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { FoundOnDisk, HomeSurvey } from '../../backend/ports.ts';
import { DiskLook } from './measure-tree.ts';

const PARTIAL = /\.partial$|\.removed$/;
const PREPARED = /^[0-9a-f]{64}\.luthdata$/;

/** Throws what the signal says, where it is aborted. */
export async function surveyHome(home: string, signal: AbortSignal): Promise<HomeSurvey> {
  const look = new DiskLook(signal);
  const root = await realpath(home);
  const found: FoundOnDisk[] = [];
  const add = async (kind: FoundOnDisk['kind'], id: string, more: Partial<FoundOnDisk> = {}) => {
    const path = join(root, ...id.split('/'));
    const measured = await look.measure(path);
    found.push({ id, kind, path, name: id.split('/').at(-1) ?? id, ...measured, ...more });
  };
  for (const name of await look.namesIn(root)) {
    if (name === 'cache') await surveyCache(look, root, add);
    else if (name === 'runs') await surveyRuns(look, root, found, add);
    else if (name === 'trash') await surveyTrash(look, root, add);
    else if (name === 'dropped' || name === 'templates') {
      for (const file of await look.namesIn(join(root, name))) {
        await add(
          PARTIAL.test(file) ? 'leftover' : name === 'dropped' ? 'dropped' : 'template',
          `${name}/${file}`,
        );
      }
    } else if (/^history\.sqlite.*\.backup$/.test(name)) await add('backup', name);
    else if (/^(history|queue)\.sqlite/.test(name)) await add('history', name);
    else await add(PARTIAL.test(name) ? 'leftover' : 'other', name);
  }
  const disk = await statfs(root).catch(() => null);
  return {
    home: root,
    freeBytes: disk === null ? null : disk.bavail * disk.bsize,
    found,
    problems: look.problems,
  };
}

/** Only the prepared datasets: what a limit of the cache has to know. */
export async function surveyPrepared(home: string, signal: AbortSignal): Promise<FoundOnDisk[]> {
  const look = new DiskLook(signal);
  const folder = join(await realpath(home), 'cache', 'prepared');
  const found: FoundOnDisk[] = [];
  for (const name of await look.namesIn(folder)) {
    if (!PREPARED.test(name)) continue;
    const path = join(folder, name);
    found.push({ id: `cache/prepared/${name}`, kind: 'prepared', path, name, ...(await look.measure(path)) });
  }
  return found;
}

type Add = (kind: FoundOnDisk['kind'], id: string, more?: Partial<FoundOnDisk>) => Promise<void>;

async function surveyCache(look: DiskLook, root: string, add: Add): Promise<void> {
  for (const name of await look.namesIn(join(root, 'cache'))) {
    if (name !== 'prepared') {
      await add(PARTIAL.test(name) ? 'leftover' : 'other', `cache/${name}`);
      continue;
    }
    for (const file of await look.namesIn(join(root, 'cache', 'prepared'))) {
      const kind = PREPARED.test(file) ? 'prepared' : PARTIAL.test(file) ? 'leftover' : 'other';
      await add(kind, `cache/prepared/${file}`);
    }
  }
}

/** A run's folder without its checkpoints, and each of those. */
async function surveyRuns(look: DiskLook, root: string, found: FoundOnDisk[], add: Add): Promise<void> {
  for (const run of await look.namesIn(join(root, 'runs'))) {
    if (PARTIAL.test(run)) {
      await add('leftover', `runs/${run}`);
      continue;
    }
    const folder = join(root, 'runs', run);
    if (!(await look.stat(folder))?.isDirectory()) {
      await add('other', `runs/${run}`);
      continue;
    }
    let [bytes, files, changedMs] = [0, 0, 0];
    for (const name of await look.namesIn(folder)) {
      if (name === 'checkpoints') continue;
      const part = await look.measure(join(folder, name));
      bytes += part.bytes;
      files += part.files;
      changedMs = Math.max(changedMs, part.changedMs);
    }
    found.push({
      id: `runs/${run}`,
      kind: 'run',
      path: folder,
      name: run,
      bytes,
      files,
      changedMs,
      runId: run,
    });
    for (const name of await look.namesIn(join(folder, 'checkpoints'))) {
      const kind = /^step-\d+$/.test(name) ? 'checkpoint' : 'leftover';
      await add(kind, `runs/${run}/checkpoints/${name}`, { runId: run });
    }
  }
}

async function surveyTrash(look: DiskLook, root: string, add: Add): Promise<void> {
  for (const entry of await look.namesIn(join(root, 'trash'))) {
    const from = await readFile(join(root, 'trash', entry, 'from'), 'utf8').catch(() => null);
    await add('trash', `trash/${entry}`, from === null ? {} : { name: from });
  }
}
