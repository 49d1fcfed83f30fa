/** Wires the backend's parts for a host, by hand, in one place. */
import { randomBytes } from 'node:crypto';
import { cpus, freemem, homedir, totalmem } from 'node:os';
import { join } from 'node:path';
import manifest from '../../package.json' with { type: 'json' };
import { fail, type Outcome, ok, orThrow } from '../../src-shared/contract/coded-error.ts';
import { parseRecipe } from '../../src-shared/recipe/faults.ts';
import { checkpoints } from '../adapters/checkpoints/checkpoints.ts';
import { freeBytes } from '../adapters/disk/free-bytes.ts';
import { homeFiles } from '../adapters/disk/home-files.ts';
import { draftFile } from '../adapters/draft/draft-file.ts';
import { lossFiles } from '../adapters/losses/loss-files.ts';
import { findModelFiles } from '../adapters/models/find-model-files.ts';
import { modelPlaces } from '../adapters/models/model-places.ts';
import { compareAdapters } from '../adapters/peft/compare-adapters.ts';
import { preparedDatasets } from '../adapters/prepared/prepared-datasets.ts';
import { createForkLauncher } from '../adapters/processes/fork-launcher.ts';
import type { ProcessLauncher } from '../adapters/processes/process-launcher.ts';
import { createWorkers } from '../adapters/processes/workers.ts';
import {
  invalidRecipe,
  loadRecipe,
  openRecipeFile,
  recipeToYaml,
  runNamedIn,
} from '../adapters/recipe/recipe-file.ts';
import { runLogs } from '../adapters/run-log/run-log.ts';
import { settingsFile } from '../adapters/settings/settings-file.ts';
import { openForeignHistory } from '../adapters/sqlite/open-foreign-history.ts';
import { openHistory, salvageNotice } from '../adapters/sqlite/open-history.ts';
import { createQueueStore } from '../adapters/sqlite/queue-store.ts';
import { writeTable } from '../adapters/tables/write-table.ts';
import { writeEvents } from '../adapters/tensorboard/write-events.ts';
import { trainerLogs } from '../adapters/trainer-log/trainer-log-file.ts';
import type { BackendFace } from '../backend/backend-face.ts';
import type { BackendParts } from '../backend/backend-parts.ts';
import { ComputeLease } from '../backend/compute-lease.ts';
import { createBackendFace } from '../backend/create-backend-face.ts';
import { withinCacheLimit } from '../backend/disk/disk.ts';
import { EventHub } from '../backend/event-hub.ts';
import { withExpectedPace } from '../backend/expected-pace.ts';
import { settleRunFolders } from '../backend/history/run-folders.ts';
import { mayBeAlive } from '../backend/process-alive.ts';
import { defaultHome } from './default-home.ts';

export interface BackendOptions {
  readonly host: 'electron' | 'web' | 'cli';
  /** The data folder; null: the platform's usual place. */
  readonly home: string | null;
  readonly resourcesDirectory: string;
  readonly nativeDirectory: string;
  /** Holds the built entry files of the child processes. */
  readonly processDirectory: string;
  readonly launcher?: ProcessLauncher;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** Errors: the history's, see `openDatabase`. Runs that an earlier process left behind become interrupted, and whole. */
export function createBackendParts(options: BackendOptions): Outcome<BackendParts> {
  const home = options.home ?? defaultHome(process.platform, process.env);
  const historyPath = join(home, 'history.sqlite');
  const history = openHistory(historyPath, new Date());
  if (!history.ok) return history;
  const { store, salvage } = history.value;
  const notice = salvage === null ? null : salvageNotice(salvage);
  store.interruptOrphans(ownerIsAlive, new Date().toISOString());
  settleRunFolders({ home, store });
  const now = () => new Date();
  const settings = settingsFile;
  const running = new Map<string, AbortController>();
  const workers = createWorkers({
    launcher: options.launcher ?? createForkLauncher(options.processDirectory),
    nativeDirectory: options.nativeDirectory,
    cacheDirectory: join(home, 'cache'),
    historyPath,
    now: startOfDay,
  });
  return ok({
    home,
    demoDirectory: join(options.resourcesDirectory, 'demo'),
    trlDirectory: join(options.resourcesDirectory, 'trl'),
    versions: {
      luthier: manifest.version,
      node: process.versions.node,
      platform: `${process.platform}-${process.arch}`,
    },
    store,
    notice,
    queue: createQueueStore(join(home, 'queue.sqlite'), ownerIsAlive, now),
    runElsewhere: () => {
      store.interruptOrphans(ownerIsAlive, now().toISOString());
      return store.underWay().find(run => run.status === 'running' && !running.has(run.id)) ?? null;
    },
    prepared: preparedDatasets,
    checkpoints,
    lossFiles,
    adapterFiles: { compare: compareAdapters },
    historyWriter: { table: writeTable, events: writeEvents },
    runLogs,
    trainerLogs,
    foreignHistories: {
      open: path => openForeignHistory(path, home, ownerIsAlive, now()),
    },
    homeFiles,
    settings,
    draftFile,
    workers: {
      ...workers,
      preparer: withExpectedPace(
        withinCacheLimit(workers.preparer, { home, store, now, homeFiles, settings }),
        store,
      ),
    },
    models: {
      find: (folders, signal) => {
        const machine = { platform: process.platform, home: homedir(), env: process.env };
        const { modelFolders } = settings.read(home).settings;
        return findModelFiles(modelPlaces(machine), [...folders, ...modelFolders], signal);
      },
    },
    lease: new ComputeLease(),
    events: new EventHub(),
    running,
    flush: new Map(),
    loadRecipe,
    openRecipeFile,
    runNamedIn,
    checkRecipe: value => {
      const parsed = parseRecipe(value);
      return parsed.ok ? ok(parsed.recipe) : fail(invalidRecipe(parsed.faults));
    },
    recipeToYaml,
    browseRoot: homedir(),
    freeBytes,
    appInfo: () => ({
      version: manifest.version,
      host: options.host === 'electron' ? 'electron' : 'web',
      platform: `${process.platform} ${process.arch}`,
      processor: cpus()[0]?.model.trim() ?? 'unknown',
      processorCores: cpus().length,
      memoryTotalBytes: totalmem(),
      memoryFreeBytes: freemem(),
      home,
      notice,
    }),
    now,
    newId: newRunId,
  });
}

/** Throws a CodedException where the history cannot be opened. */
export async function createBackend(options: BackendOptions): Promise<BackendFace> {
  return createBackendFace(orThrow(createBackendParts(options)));
}

/** Sorts by time and is short enough to type: `20261123-191205-k3f9q2`. */
function newRunId(): string {
  const digits = new Date().toISOString().replace(/\D/g, '');
  const random = BigInt(`0x${randomBytes(5).toString('hex')}`)
    .toString(36)
    .padStart(6, '0')
    .slice(-6);
  return `${digits.slice(0, 8)}-${digits.slice(8, 14)}-${random}`;
}

/** After so long without a sign of life, a process of that number is taken for another one. */
const SILENT_FOR_MS = 10 * 60_000;

function ownerIsAlive(pid: number, heartbeatAt: string): boolean {
  const heartbeat = Date.parse(heartbeatAt);
  if (Date.now() - heartbeat > SILENT_FOR_MS) return false;
  return mayBeAlive(pid, heartbeat);
}

/** Seconds since 1970 at 0:00 UTC: templates print dates, and within a day the same preview stays the same. */
function startOfDay(): number {
  return Math.floor(Date.now() / DAY_MS) * (DAY_MS / 1000);
}
