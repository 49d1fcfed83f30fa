/**
 * The checkpoints of a run, one folder per step under `checkpoints`: `adapter.gguf`, `best-adapter.gguf` (of
 * the best evaluation so far, if any) and `state.bin`. A folder appears under its name when it is whole.
 */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { OptimizerState } from '../../../src-native/binding.d.ts';
import { type CodedError, fail, type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import { ADAPTER_FILE, BEST_ADAPTER_FILE } from '../../../src-shared/domain/run.ts';
import type { Checkpoint } from '../../../src-shared/domain/training.ts';
import {
  linkOrCopy,
  removeFolder,
  replaceFolder,
  sha256Of,
  syncFolder,
  writeSynced,
} from './durable-files.ts';
import { type CheckpointMeta, decodeState, encodeState } from './state-file.ts';

const STATE_FILE = 'state.bin';

export interface StoredCheckpoint extends Checkpoint {
  readonly meta: CheckpointMeta;
  readonly optimizer: OptimizerState;
  readonly adapterPath: string;
  readonly bestAdapterPath: string | null;
}

export interface DamagedCheckpoint extends Checkpoint {
  readonly reason: string;
}

export interface NewCheckpoint {
  readonly meta: Omit<CheckpointMeta, 'updates' | 'moments' | 'adapterSha256' | 'bestAdapterSha256'>;
  readonly optimizer: OptimizerState;
  readonly saveAdapter: (path: string) => Promise<Outcome<unknown>>;
  /** The best adapter so far; null where there was no evaluation. */
  readonly bestAdapterPath: string | null;
  /** Called when everything is on disk, before the checkpoint counts. */
  readonly beforeItCounts: () => Promise<void>;
}

/** Folders with a checkpoint's name, in the order of their steps; whether they are whole is not looked at. */
export function listCheckpoints(runDirectory: string): Checkpoint[] {
  const parent = checkpointsOf(runDirectory);
  return namesIn(parent)
    .flatMap(name => {
      const step = /^step-(\d+)$/.exec(name)?.[1];
      return step === undefined ? [] : [{ step: Number(step), path: join(parent, name) }];
    })
    .sort((a, b) => a.step - b.step);
}

/** Gives the folder's path. Errors: `checkpoint.writeFailed`, the adapter's; then nothing is left behind. */
export async function writeCheckpoint(
  runDirectory: string,
  checkpoint: NewCheckpoint,
): Promise<Outcome<string>> {
  const { step } = checkpoint.meta;
  const parent = checkpointsOf(runDirectory);
  const path = join(parent, `step-${String(step).padStart(8, '0')}`);
  const temporary = `${path}.partial`;
  try {
    mkdirSync(parent, { recursive: true });
    rmSync(temporary, { recursive: true, force: true });
    mkdirSync(temporary);
    const adapterPath = join(temporary, ADAPTER_FILE);
    const saved = await checkpoint.saveAdapter(adapterPath);
    if (!saved.ok) {
      removeLeftovers(runDirectory);
      return fail(writeFailed(step, saved.error.cause));
    }
    const bestPath = join(temporary, BEST_ADAPTER_FILE);
    if (checkpoint.bestAdapterPath !== null) linkOrCopy(checkpoint.bestAdapterPath, bestPath);
    const hashes = {
      adapterSha256: await sha256Of(adapterPath),
      bestAdapterSha256: checkpoint.bestAdapterPath === null ? null : await sha256Of(bestPath),
    };
    writeSynced(
      join(temporary, STATE_FILE),
      encodeState({ ...checkpoint.meta, ...hashes }, checkpoint.optimizer),
    );
    syncFolder(temporary);
    await checkpoint.beforeItCounts();
    replaceFolder(temporary, path);
    syncFolder(parent);
    syncFolder(dirname(parent));
    return ok(path);
  } catch (error) {
    removeLeftovers(runDirectory);
    return fail(writeFailed(step, error instanceof Error ? error.message : String(error)));
  }
}

/** Error: `checkpoint.damaged`, for a folder that is not whole. */
export async function readCheckpoint({ step, path }: Checkpoint): Promise<Outcome<StoredCheckpoint>> {
  const state = await read(path, step);
  return typeof state === 'string' ? fail(damaged({ step, path, reason: state })) : ok(state);
}

/** The newest checkpoint that is whole and not beyond a step, and those newer ones that are not whole. */
export async function newestWholeCheckpoint(
  runDirectory: string,
  notBeyondStep: number,
): Promise<{ readonly checkpoint: StoredCheckpoint | null; readonly damaged: readonly DamagedCheckpoint[] }> {
  const damagedOnes: DamagedCheckpoint[] = [];
  for (const { step, path } of listCheckpoints(runDirectory).reverse()) {
    if (step > notBeyondStep) continue;
    const state = await read(path, step);
    if (typeof state !== 'string') return { checkpoint: state, damaged: damagedOnes };
    damagedOnes.push({ step, path, reason: state });
  }
  return { checkpoint: null, damaged: damagedOnes };
}

/** Keeps these steps alone. */
export function removeCheckpointsExcept(runDirectory: string, kept: ReadonlySet<number>): void {
  for (const { step, path } of listCheckpoints(runDirectory)) {
    if (!kept.has(step)) removeFolder(path, `${path}.removed`);
  }
}

/** What a process that ended half-way has left behind. */
export function removeLeftovers(runDirectory: string): void {
  const parent = checkpointsOf(runDirectory);
  for (const name of namesIn(parent)) {
    if (/\.(partial|removed)$/.test(name)) rmSync(join(parent, name), { recursive: true, force: true });
  }
}

async function read(path: string, step: number): Promise<StoredCheckpoint | string> {
  const adapterPath = join(path, ADAPTER_FILE);
  const bestPath = join(path, BEST_ADAPTER_FILE);
  try {
    const state = decodeState(await readFile(join(path, STATE_FILE)));
    if (typeof state === 'string') return `${STATE_FILE} is damaged: ${state}`;
    const { meta, optimizer } = state;
    if (meta.step !== step) return `${STATE_FILE} is of step ${meta.step}`;
    if ((await sha256Of(adapterPath)) !== meta.adapterSha256) return `${ADAPTER_FILE} does not fit its hash`;
    const hasBest = meta.bestAdapterSha256 !== null;
    if (hasBest && (await sha256Of(bestPath)) !== meta.bestAdapterSha256)
      return `${BEST_ADAPTER_FILE} does not fit its hash`;
    return { step, path, meta, optimizer, adapterPath, bestAdapterPath: hasBest ? bestPath : null };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function checkpointsOf(runDirectory: string): string {
  return join(runDirectory, 'checkpoints');
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function writeFailed(step: number, cause: string): CodedError {
  return {
    code: 'checkpoint.writeFailed',
    title: `The checkpoint of step ${step} cannot be written.`,
    cause,
    remedy: 'Free space on the disk, then resume the run: the checkpoint before this one stands.',
  };
}

function damaged({ path, reason }: DamagedCheckpoint): CodedError {
  return {
    code: 'checkpoint.damaged',
    title: 'The checkpoint is not whole.',
    cause: `${path}: ${reason}.`,
    remedy: 'Resume the run; it goes on from the newest checkpoint that is whole.',
  };
}
