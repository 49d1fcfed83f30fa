/** Runs of another data folder, or of a run's folder, into this history. What is here already is never changed. */

import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { type CodedError, fail, type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { ImportReport } from '../../../src-shared/domain/import.ts';
import { isUnderWay, runIdSchema } from '../../../src-shared/domain/run.ts';
import { ALL_RUNS } from '../../../src-shared/domain/run-list.ts';
import type { StepMetric } from '../../../src-shared/domain/training.ts';
import type { BackendParts } from '../backend-parts.ts';
import type { KeptRun, WorkOptions } from '../ports.ts';
import { replayRunLog } from './replay-run-log.ts';
import { bringFolder, isOnItsWay, settleRunFolders, sizeOf } from './run-folders.ts';
import { stepPages } from './step-pages.ts';

type ImportParts = Pick<
  BackendParts,
  'home' | 'store' | 'runLogs' | 'foreignHistories' | 'checkpoints' | 'freeBytes' | 'events' | 'now'
>;

interface Findings {
  /** Deleted in the history that is read: they stay deleted, whatever their folders say. */
  readonly deleted: Set<string>;
  readonly imported: ImportReport['imported'];
  known: number;
  readonly problems: ImportReport['problems'];
}

/** Not all of a disk is given away: the system needs some. */
const SPARE_BYTES = 64 << 20;

/**
 * A data folder gives the runs of its history, and those of its run folders that its history has lost; a run's folder
 * gives itself. Files are copied into this data folder, unless they lie in it. Each run comes whole or not at all, however
 * early it ends. Errors: `import.nothingThere`, those of the other history, `job.cancelled` with what was imported until
 * then.
 */
export async function importRuns(
  parts: ImportParts,
  path: string,
  work: WorkOptions,
): Promise<Outcome<ImportReport>> {
  const { signal, onProgress } = work;
  if (!existsSync(path) || !statSync(path).isDirectory()) return fail(nothingThere(path));
  const source = realpathSync(path);
  settleRunFolders(parts);
  const found: Findings = { deleted: new Set(), imported: [], known: 0, problems: [] };
  const folders = join(source, 'runs');
  const history = join(source, 'history.sqlite');
  if (parts.runLogs.isIn(source)) await importFolder(parts, source, found, work);
  else if (existsSync(history) || existsSync(folders)) {
    const isOwn = source === realpathSync(parts.home);
    if (!isOwn && existsSync(history)) {
      const failed = await importHistory(parts, history, folders, found, work);
      if (failed) return fail(failed);
    }
    const names = existsSync(folders) ? readdirSync(folders) : [];
    for (const [done, name] of names.entries()) {
      if (signal.aborted) break;
      onProgress?.({ phase: 'look through run folders', done, total: names.length });
      if (isOnItsWay(name) || found.deleted.has(name) || parts.store.has(name)) continue;
      await importFolder(parts, join(folders, name), found, work);
    }
  } else return fail(nothingThere(path));
  const { imported, known, problems } = found;
  for (const { id } of imported) parts.events.publishChange(id);
  return signal.aborted ? fail(cancelled(found)) : ok({ imported, known, problems });
}

/** Null where it could be opened; single runs that cannot be taken are problems. */
async function importHistory(
  parts: ImportParts,
  history: string,
  folders: string,
  found: Findings,
  work: WorkOptions,
): Promise<CodedError | null> {
  const { signal, onProgress } = work;
  const opened = parts.foreignHistories.open(history);
  if (!opened.ok) return opened.error;
  const { store, notice, close } = opened.value;
  try {
    if (notice) found.problems.push({ path: history, reason: `${notice.title} ${notice.remedy}` });
    for (const id of store.names(true).keys()) found.deleted.add(id);
    const runs = store.page({ ...ALL_RUNS, count: Number.MAX_SAFE_INTEGER }).runs.reverse();
    for (const [i, { id }] of runs.entries()) {
      if (signal.aborted) break;
      onProgress?.({ phase: 'import runs', done: i, total: runs.length });
      await turn();
      if (parts.store.has(id)) {
        found.known++;
        continue;
      }
      await attempt(found, join(history, id), signal, () => {
        const run = store.show(id);
        if (!run) return 'It cannot be read.';
        if (isUnderWay(run.status)) return 'It is under way; import it when it is over.';
        return take(parts, run, stepPages(store, id), join(folders, id), found, work);
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
  work: WorkOptions,
): Promise<void> {
  if (!statSync(folder).isDirectory()) return;
  const { signal } = work;
  await attempt(found, folder, signal, async () => {
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
    const reason = await take(parts, run, [steps], folder, found, work);
    if (reason === null && logged.damagedLines > 0) {
      return `${logged.damagedLines} lines of its diary are damaged and were left out.`;
    }
    return reason;
  });
}

/** What the attempt says, or throws, is a problem of this path; that it was stopped is none. */
async function attempt(
  found: Findings,
  path: string,
  signal: AbortSignal,
  work: () => Promise<string | null> | string | null,
): Promise<void> {
  try {
    const reason = await work();
    if (reason !== null) found.problems.push({ path, reason });
  } catch (error) {
    if (signal.aborted) return;
    found.problems.push({ path, reason: error instanceof Error ? error.message : String(error) });
  }
}

/** Null where the run is in the history now. Its rows come before its folder is in place, see `settleRunFolders`. */
async function take(
  parts: ImportParts,
  run: KeptRun,
  pages: Iterable<readonly StepMetric[]>,
  folder: string,
  found: Findings,
  work: WorkOptions,
): Promise<string | null> {
  const { id, name } = run;
  if (!runIdSchema.safeParse(id).success || isOnItsWay(id)) return 'Its id cannot be the name of a folder.';
  const place = join(parts.home, 'runs', id);
  if (isSame(place, folder)) {
    found.imported.push({ id, name, steps: adopt(parts, placedIn(parts, place, place, run), pages) });
    return null;
  }
  if (existsSync(place)) return `${place} is there already, and belongs to no run of the history.`;
  if (!existsSync(folder)) {
    found.imported.push({ id, name, steps: adopt(parts, run, pages) });
    return null;
  }
  const shortage = await whyNoRoom(parts, folder);
  if (shortage !== null) return shortage;
  const coming = await bringFolder(parts.home, folder, id, work);
  try {
    const steps = adopt(parts, placedIn(parts, coming.path, place, run), pages);
    try {
      coming.putInPlace();
    } catch (error) {
      parts.store.hide([id], parts.now().toISOString());
      parts.store.erase(id);
      throw error;
    }
    found.imported.push({ id, name, steps });
    return null;
  } catch (error) {
    await coming.remove();
    throw error;
  }
}

function isSame(one: string, other: string): boolean {
  return existsSync(one) && existsSync(other) && realpathSync(one) === realpathSync(other);
}

/** Gives how many steps the run has. Throws where it is in the history by now. */
function adopt({ store }: ImportParts, run: KeptRun, pages: Iterable<readonly StepMetric[]>): number {
  let steps = 0;
  const counted = function* () {
    for (const page of pages) {
      steps += page.length;
      yield page;
    }
  };
  if (!store.adopt(run, counted())) throw new Error('Another process has just imported it.');
  return steps;
}

async function whyNoRoom({ home, freeBytes }: ImportParts, folder: string): Promise<string | null> {
  const free = freeBytes(home);
  const needed = (await sizeOf(folder)) + SPARE_BYTES;
  if (free === null || free >= needed) return null;
  return `Its files need ${Math.ceil(needed / 1e6)} MB in ${home}, and ${Math.floor(free / 1e6)} MB are free.`;
}

/** Paths of files that came along, to `now`, lead to where they will be, in `place`, and it is resumed there. */
function placedIn({ checkpoints }: ImportParts, now: string, place: string, run: KeptRun): KeptRun {
  const moved = (path: string | null) => {
    const name = path === null ? null : basename(path.replaceAll('\\', '/'));
    return name !== null && existsSync(join(now, name)) ? join(place, name) : path;
  };
  return {
    ...run,
    recipe: { ...run.recipe, output: { directory: null } },
    adapterPath: moved(run.adapterPath),
    bestAdapterPath: moved(run.bestAdapterPath),
    checkpoints: checkpoints
      .list(now)
      .map(({ step, path }) => ({ step, path: join(place, relative(now, path)) })),
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
