/** Of everything found on the disk: whether a clean-up may take it, how, and why. Pure. */
import { assertNever } from '../../../src-shared/domain/assert-never.ts';
import type { DiskItem } from '../../../src-shared/domain/disk.ts';
import { isUnderWay, type RunStatus } from '../../../src-shared/domain/run.ts';
import type { FoundOnDisk } from '../ports.ts';

/** Whoever prepared or opened it may still look at it. */
export const RECENT_MS = 10 * 60_000;
const TRASH_KEPT_MS = 30 * 24 * 60 * 60_000;

export interface KnownOfRuns {
  /** By id; unknown runs are in neither. */
  readonly runs: ReadonlyMap<string, { readonly name: string; readonly status: RunStatus }>;
  readonly deleted: ReadonlyMap<string, { readonly name: string }>;
  /** Hashes of the prepared datasets that runs under way read. */
  readonly preparedInUse: ReadonlySet<string>;
}

type Verdict = Pick<DiskItem, 'cleanUp' | 'isProposed' | 'reason'>;

export function judgeItem(found: FoundOnDisk, known: KnownOfRuns, nowMs: number): DiskItem {
  const { id, kind, path, bytes, files, changedMs } = found;
  return {
    id,
    kind,
    name: nameOf(found, known),
    path,
    bytes,
    files,
    usedAt: changedMs === 0 ? null : new Date(changedMs).toISOString(),
    ...verdictOn(found, known, nowMs),
  };
}

function verdictOn(found: FoundOnDisk, known: KnownOfRuns, nowMs: number): Verdict {
  const ageMs = nowMs - found.changedMs;
  const run = found.runId === undefined ? undefined : known.runs.get(found.runId);
  const isRunning = run !== undefined && isUnderWay(run.status);
  switch (found.kind) {
    case 'prepared':
      if (known.preparedInUse.has(found.name.replace('.luthdata', '')))
        return keep('A run under way reads it.');
      if (ageMs < RECENT_MS) return keep('It was used in the last 10 minutes.');
      return proposed('delete', 'It is made again from the data when it is needed.');
    case 'checkpoint':
      if (isRunning) return keep('Its run is under way.');
      if (run === undefined) return trash('Its run is not in the history.');
      if (run.status === 'completed')
        return proposed('delete', 'Its run is completed and cannot be resumed; its adapters stay.');
      return trash('Without it, its run can only begin again at step 1.');
    case 'run':
      if (found.runId !== undefined && known.deleted.has(found.runId))
        return trash('Its run was deleted from the history.');
      if (run === undefined && ageMs >= RECENT_MS) return trash('Its run is not in the history.');
      return keep(isRunning ? 'Its run is under way.' : 'Its run is in the history.');
    case 'leftover':
      if (isRunning || ageMs < RECENT_MS) return keep('It may be under construction.');
      return proposed('delete', 'A process that ended early left it half-written.');
    case 'dropped':
      return trash('A recipe may still name it.');
    case 'template':
      return keep('Recipes name it by its path.');
    case 'backup':
      return trash('The history was copied before a new version of Luthier changed it.');
    case 'trash':
      return {
        ...proposed('delete', 'It was moved to the trash.'),
        isProposed: ageMs >= TRASH_KEPT_MS,
      };
    case 'history':
      return keep('It holds all runs.');
    case 'other':
      return keep('Luthier keeps its own notes here, or did not make it.');
    default:
      return assertNever(found.kind);
  }
}

function keep(reason: string): Verdict {
  return { cleanUp: 'keep', isProposed: false, reason };
}

function trash(reason: string): Verdict {
  return { cleanUp: 'trash', isProposed: false, reason };
}

function proposed(cleanUp: 'delete', reason: string): Verdict {
  return { cleanUp, isProposed: true, reason };
}

function nameOf({ kind, name, runId = '' }: FoundOnDisk, { runs, deleted }: KnownOfRuns): string {
  const run = (runs.get(runId) ?? deleted.get(runId))?.name;
  if (kind === 'run') return run === undefined ? name : `${run} (${name})`;
  if (kind === 'checkpoint') return `${run ?? runId}, step ${Number(name.replace('step-', ''))}`;
  return kind === 'prepared' ? name.slice(0, 12) : name;
}
