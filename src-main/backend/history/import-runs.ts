/** Runs of another data folder, or of a run's folder, into this history. What is here already is never changed. */

import { existsSync, mkdirSync, readdirSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { type CodedError, fail, type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { ImportReport } from '../../../src-shared/domain/import.ts';
import { isUnderWay, runIdSchema } from '../../../src-shared/domain/run.ts';
import { ALL_RUNS } from '../../../src-shared/domain/run-list.ts';
import type { StepMetric } from '../../../src-shared/domain/training.ts';
import type { BackendParts } from '../backend-parts.ts';
import type { KeptRun, WorkOptions } from '../ports.ts';
import { replayRunLog } from './replay-run-log.ts';
import { stepPages } from './step-pages.ts';

type ImportParts = Pick<
  BackendParts,
  'home' | 'store' | 'runLogs' | 'foreignHistories' | 'checkpoints' | 'freeBytes' | 'events' | 'now'
>;

interface Findings {
  readonly imported: ImportReport['imported'];
  known: number;
  readonly problems: ImportReport['problems'];
}

/** Not all of a disk is given away: the system needs some. */
const SPARE_BYTES = 64 << 20;

/**
 * A data folder gives the runs of its history, and those of its run folders that its history has lost; a run's folder
 * gives itself. Files are copied into this data folder, unless they lie in it. Errors: `import.nothingThere`, those of
 * the other history, `job.cancelled` with what was imported until then.
 */
export async function importRuns(
  parts: ImportParts,
  path: string,
  { signal, onProgress }: WorkOptions,
): Promise<Outcome<ImportReport>> {
  if (!existsSync(path) || !statSync(path).isDirectory()) return fail(nothingThere(path));
  const source = realpathSync(path);
  const found: Findings = { imported: [], known: 0, problems: [] };
  const folders = join(source, 'runs');
  const history = join(source, 'history.sqlite');
  if (parts.runLogs.isIn(source)) await importFolder(parts, source, found, signal);
  else if (existsSync(history) || existsSync(folders)) {
    const isOwn = source === realpathSync(parts.home);
    if (!isOwn && existsSync(history)) {
      const failed = await importHistory(parts, history, folders, found, {
        signal,
        ...(onProgress ? { onProgress } : {}),
      });
      if (failed) return fail(failed);
    }
    const names = existsSync(folders) ? readdirSync(folders) : [];
    for (const [done, name] of names.entries()) {
      if (signal.aborted) break;
      onProgress?.({ phase: 'look through run folders', done, total: names.length });
      if (parts.store.has(name)) continue;
      await importFolder(parts, join(folders, name), found, signal);
    }
  } else return fail(nothingThere(path));
  for (const { id } of found.imported) parts.events.publishChange(id);
  return signal.aborted ? fail(cancelled(found)) : ok(found);
}

/** Null where it could be opened; single runs that cannot be taken are problems. */
async function importHistory(
  parts: ImportParts,
  history: string,
  folders: string,
  found: Findings,
  { signal, onProgress }: WorkOptions,
): Promise<CodedError | null> {
  const opened = parts.foreignHistories.open(history);
  if (!opened.ok) return opened.error;
  const { store, notice, close } = opened.value;
  try {
    if (notice) found.problems.push({ path: history, reason: `${notice.title} ${notice.remedy}` });
    const runs = store.page({ ...ALL_RUNS, count: Number.MAX_SAFE_INTEGER }).runs.reverse();
    for (const [i, { id }] of runs.entries()) {
      if (signal.aborted) break;
      onProgress?.({ phase: 'import runs', done: i, total: runs.length });
      await turn();
      if (parts.store.has(id)) {
        found.known++;
        continue;
      }
      await attempt(found, join(history, id), () => {
        const run = store.show(id);
        if (!run) return 'It cannot be read.';
        if (isUnderWay(run.status)) return 'It is under way; import it when it is over.';
        return take(parts, run, stepPages(store, id), join(folders, id), found);
      });
    }
    return null;
  } finally {
    close();
  }
}

async function importFolder(
  parts: ImportParts,
  folder: string,
  found: Findings,
  signal: AbortSignal,
): Promise<void> {
  if (!statSync(folder).isDirectory()) return;
  await attempt(found, folder, async () => {
    if (!parts.runLogs.isIn(folder)) {
      return 'It has no diary (events.jsonl): only the history of its data folder knows what it was.';
    }
    const logged = await parts.runLogs.read(folder, signal);
    if (logged === null) return 'Its diary does not begin as a diary does.';
    if (parts.store.has(logged.head.id)) {
      found.known++;
      return null;
    }
    const { run, steps } = replayRunLog(logged);
    const reason = await take(parts, run, [steps], folder, found);
    if (reason === null && logged.damagedLines > 0) {
      return `${logged.damagedLines} lines of its diary are damaged and were left out.`;
    }
    return reason;
  });
}

/** What the attempt says, or throws, is a problem of this path. */
async function attempt(
  found: Findings,
  path: string,
  work: () => Promise<string | null> | string | null,
): Promise<void> {
  try {
    const reason = await work();
    if (reason !== null) found.problems.push({ path, reason });
  } catch (error) {
    found.problems.push({ path, reason: error instanceof Error ? error.message : String(error) });
  }
}

/** Null where the run is in the history now. */
async function take(
  parts: ImportParts,
  run: KeptRun,
  pages: Iterable<readonly StepMetric[]>,
  folder: string,
  found: Findings,
): Promise<string | null> {
  if (!runIdSchema.safeParse(run.id).success) return 'Its id cannot be the name of a folder.';
  const copied = await copyFolder(parts, folder, run.id);
  if (typeof copied === 'string') return copied;
  try {
    const { directory } = copied;
    let steps = 0;
    const counted = function* () {
      for (const page of pages) {
        steps += page.length;
        yield page;
      }
    };
    const isTaken = parts.store.adopt(directory === null ? run : placedIn(parts, directory, run), counted());
    if (!isTaken) throw new Error('Another process has just imported it.');
    found.imported.push({ id: run.id, name: run.name, steps });
    return null;
  } catch (error) {
    copied.undo();
    throw error;
  }
}

interface CopiedFolder {
  /** Where the run's files are now; null where there are none. */
  readonly directory: string | null;
  undo(): void;
}

/** Files that lie in this data folder already stay where they are. Gives the reason where they cannot be copied. */
async function copyFolder(
  { home, freeBytes }: ImportParts,
  folder: string,
  id: string,
): Promise<CopiedFolder | string> {
  const undo = () => undefined;
  if (!existsSync(folder)) return { directory: null, undo };
  const target = join(home, 'runs', id);
  if (existsSync(target)) {
    return realpathSync(target) === realpathSync(folder)
      ? { directory: target, undo }
      : `${target} is there already, and belongs to no run of the history.`;
  }
  mkdirSync(join(home, 'runs'), { recursive: true });
  const free = freeBytes(home);
  const needed = sizeOf(folder) + SPARE_BYTES;
  if (free !== null && free < needed) {
    return `Its files need ${Math.ceil(needed / 1e6)} MB in ${home}, and ${Math.floor(free / 1e6)} MB are free.`;
  }
  const temporary = `${target}.partial`;
  rmSync(temporary, { recursive: true, force: true });
  try {
    await cp(folder, temporary, { recursive: true, preserveTimestamps: true });
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    throw error;
  }
  return { directory: target, undo: () => rmSync(target, { recursive: true, force: true }) };
}

function sizeOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}

/** Paths of files that came along lead to where they are now, and it is resumed there. */
function placedIn({ checkpoints }: ImportParts, directory: string, run: KeptRun): KeptRun {
  const moved = (path: string | null) => {
    const here = path === null ? null : join(directory, basename(path.replaceAll('\\', '/')));
    return here !== null && existsSync(here) ? here : path;
  };
  return {
    ...run,
    recipe: { ...run.recipe, output: { directory: null } },
    adapterPath: moved(run.adapterPath),
    bestAdapterPath: moved(run.bestAdapterPath),
    checkpoints: [...checkpoints.list(directory)],
  };
}

function nothingThere(path: string): CodedError {
  return {
    code: 'import.nothingThere',
    title: 'There is nothing to import.',
    cause: `${path} is neither a data folder of Luthier (with history.sqlite or runs) nor the folder of a run.`,
    remedy: 'Give the data folder, or a folder below its runs.',
  };
}

function cancelled({ imported }: Findings): CodedError {
  return {
    code: 'job.cancelled',
    title: 'The import was ended early.',
    cause: `${imported.length} runs are in the history already, and stay.`,
    remedy: 'Import again to go on: what is there is left alone.',
  };
}
