/** What a run keeps on disk while it trains: checkpoints, rotated, and the adapter of its best evaluation. */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import { ADAPTER_FILE, BEST_ADAPTER_FILE } from '../../../src-shared/domain/run.ts';
import {
  listCheckpoints,
  readCheckpoint,
  removeCheckpointsExcept,
  type StoredCheckpoint,
  writeCheckpoint,
} from '../../adapters/checkpoints/checkpoint-folders.ts';
import { linkOrCopy } from '../../adapters/checkpoints/durable-files.ts';
import { fromNative, type NativeTrainer } from '../../adapters/native/addon.ts';
import type { JobContext } from '../child-channel.ts';
import type { RunPosition } from './run-position.ts';

export interface RunKeeperOptions {
  readonly trainer: NativeTrainer;
  readonly directory: string;
  readonly keepCheckpoints: number;
  readonly preparedDataset: string;
  readonly nativeBuild: string;
  readonly context: JobContext;
}

export class RunKeeper {
  readonly #options: RunKeeperOptions;
  /** Steps of the checkpoints on disk, with the evaluation loss of each. */
  readonly #losses = new Map<number, number | null>();
  #lastStep = 0;

  private constructor(options: RunKeeperOptions) {
    this.#options = options;
  }

  /** Starts afresh, or with the files of the checkpoint that the run goes on from. */
  static async open(options: RunKeeperOptions, from: StoredCheckpoint | null): Promise<RunKeeper> {
    const keeper = new RunKeeper(options);
    mkdirSync(options.directory, { recursive: true });
    rmSync(keeper.adapterPath, { force: true });
    rmSync(keeper.bestAdapterPath, { force: true });
    if (from === null) return keeper;
    if (from.bestAdapterPath !== null) linkOrCopy(from.bestAdapterPath, keeper.bestAdapterPath);
    keeper.#lastStep = from.meta.isStepUnfinished ? 0 : from.step;
    for (const known of listCheckpoints(options.directory)) {
      const read = known.step === from.step ? ok(from) : await readCheckpoint(known);
      if (read.ok) keeper.#losses.set(known.step, read.value.meta.evaluationLoss);
    }
    return keeper;
  }

  get adapterPath(): string {
    return join(this.#options.directory, ADAPTER_FILE);
  }

  get bestAdapterPath(): string {
    return join(this.#options.directory, BEST_ADAPTER_FILE);
  }

  async saveBest(): Promise<Outcome<unknown>> {
    return fromNative(await this.#options.trainer.saveAdapter(this.bestAdapterPath));
  }

  /** For an inference process: the file is there as long as `use` needs it. */
  async lendAdapter(use: (path: string) => Promise<void>): Promise<Outcome<null>> {
    const path = join(this.#options.directory, 'sample-adapter.gguf');
    const saved = fromNative(await this.#options.trainer.saveAdapter(path));
    if (!saved.ok) return saved;
    await use(path);
    rmSync(path, { force: true });
    return ok(null);
  }

  async saveAdapter(): Promise<Outcome<unknown>> {
    this.#options.context.enter('saving');
    return fromNative(await this.#options.trainer.saveAdapter(this.adapterPath));
  }

  /** Null where nothing was evaluated. */
  get keptBest(): string | null {
    return existsSync(this.bestAdapterPath) ? this.bestAdapterPath : null;
  }

  /** Does nothing where the last checkpoint is of this step. Errors: `checkpoint.writeFailed`. */
  async checkpoint(position: RunPosition, elapsedMs: number): Promise<Outcome<null>> {
    const { trainer, directory, context, preparedDataset, nativeBuild, keepCheckpoints } = this.#options;
    const { step } = position;
    if (step === 0 || step === this.#lastStep) return ok(null);
    context.enter('saving');
    const written = await writeCheckpoint(directory, {
      meta: { ...position, elapsedMs, preparedDataset, nativeBuild },
      optimizer: trainer.optimizerState(),
      saveAdapter: async path => fromNative(await trainer.saveAdapter(path)),
      bestAdapterPath: position.best === null ? null : this.bestAdapterPath,
      beforeItCounts: () => context.request({ kind: 'commit' }),
    });
    if (!written.ok) return written;
    this.#lastStep = step;
    this.#losses.set(step, position.evaluationLoss);
    const kept = stepsToKeep(this.#losses, keepCheckpoints);
    for (const known of this.#losses.keys()) if (!kept.has(known)) this.#losses.delete(known);
    removeCheckpointsExcept(directory, kept);
    context.emit({ type: 'checkpoint', step, path: written.value });
    return ok(null);
  }
}

/** The newest ones, and the one with the lowest evaluation loss (the earliest of equal ones). */
export function stepsToKeep(losses: ReadonlyMap<number, number | null>, keep: number): Set<number> {
  const steps = [...losses.keys()].sort((a, b) => a - b);
  let best: { step: number; loss: number } | null = null;
  for (const step of steps) {
    const loss = losses.get(step) ?? null;
    if (loss !== null && (best === null || loss < best.loss)) best = { step, loss };
  }
  return new Set([...steps.slice(-keep), ...(best === null ? [] : [best.step])]);
}
