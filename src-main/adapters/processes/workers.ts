/** The backend's ports for heavy work, each done by a child process of its own. */
import type { Outcome } from '../../../src-shared/contract/coded-error.ts';
import type {
  DatasetPreparer,
  Explorer,
  Exporter,
  HistoryQuery,
  Inference,
  LossMeter,
  Prober,
  TrainingLauncher,
  WorkOptions,
} from '../../backend/ports.ts';
import type { Job, ProcessEntry } from '../../processes/protocol.ts';
import { createExplorer } from './explorer-process.ts';
import { createHistoryQuery } from './history-query.ts';
import type { ProcessLauncher } from './process-launcher.ts';
import { runJob } from './run-job.ts';

export interface WorkerOptions {
  readonly launcher: ProcessLauncher;
  readonly nativeDirectory: string;
  readonly cacheDirectory: string;
  readonly historyPath: string;
  /** Seconds since 1970: what a template's `strftime_now` prints where the recipe sets no date. */
  readonly now: () => number;
}

const SILENCE_LIMIT_MS = 60_000;
const GRACE_MS = 5_000;
/** A chat answers a stop at its next token; the first comes only behind the whole prompt. */
const CHAT_GRACE_MS = 3_000;
/** A trainer that was asked to stop still finishes its micro-batch and saves the adapter. */
const TRAINER_GRACE_MS = 10 * 60_000;

export interface Workers {
  readonly preparer: DatasetPreparer;
  readonly trainer: TrainingLauncher;
  readonly prober: Prober;
  readonly lossMeter: LossMeter;
  readonly inference: Inference;
  readonly explorer: Explorer;
  readonly exporter: Exporter;
  readonly historyQuery: HistoryQuery;
}

export function createWorkers(options: WorkerOptions): Workers {
  /** The job decides the type of the answer; both sides of the channel are built together. */
  const ask = async <T>(entry: ProcessEntry, job: Job, work: WorkOptions): Promise<Outcome<T>> => {
    const { outcome } = await runJob(options.launcher, entry, job, {
      nativeDirectory: options.nativeDirectory,
      signal: work.signal,
      silenceLimitMs: SILENCE_LIMIT_MS,
      graceMs: GRACE_MS,
      ...(work.onProgress ? { onProgress: work.onProgress } : {}),
    });
    return outcome as Outcome<T>;
  };
  /** Work on a model may be silent for as long as a micro-batch takes, and hears of a stop between two. */
  const compute = async <T>(job: Job, work: WorkOptions): Promise<Outcome<T>> => {
    const { outcome } = await runJob(options.launcher, 'trainer', job, {
      nativeDirectory: options.nativeDirectory,
      signal: work.signal,
      silenceLimitMs: null,
      graceMs: TRAINER_GRACE_MS,
      ...(work.onProgress ? { onProgress: work.onProgress } : {}),
    });
    return outcome as Outcome<T>;
  };
  const nowFor = (date: string | null) => (date === null ? options.now() : Date.parse(date) / 1000);
  return {
    preparer: {
      prepare: (recipe, work) => {
        const now = nowFor(recipe.template.date);
        return ask(
          'preparer',
          { kind: 'prepare', recipe, cacheDirectory: options.cacheDirectory, now },
          work,
        );
      },
      inspect: (paths, work, keys) =>
        ask('preparer', { kind: 'inspect', paths, ...(keys ? { keys } : {}) }, work),
      render: (recipe, source, work) =>
        ask('preparer', { kind: 'render', recipe, source, now: nowFor(recipe.template.date) }, work),
      encode: (recipe, prompts, work) =>
        ask('preparer', { kind: 'encode', recipe, prompts, now: nowFor(recipe.template.date) }, work),
      describe: work => ask('preparer', { kind: 'describe' }, work),
      inspectModels: (paths, work) => ask('preparer', { kind: 'inspectModels', paths }, work),
    },
    trainer: {
      train: async (job, work) => {
        const { outcome, exit } = await runJob(
          options.launcher,
          'trainer',
          { kind: 'train', ...job },
          {
            nativeDirectory: options.nativeDirectory,
            signal: work.signal,
            silenceLimitMs: null,
            graceMs: TRAINER_GRACE_MS,
            onEvent: work.onEvent,
            onPhase: work.onPhase,
            onOutput: work.onOutput,
            onRequest: work.onRequest,
            ...(work.onProgress ? { onProgress: work.onProgress } : {}),
          },
        );
        return { outcome: outcome as Awaited<ReturnType<TrainingLauncher['train']>>['outcome'], exit };
      },
    },
    prober: { probe: (job, work) => compute({ kind: 'probe', ...job }, work) },
    lossMeter: { measure: (job, work) => compute({ kind: 'losses', ...job }, work) },
    inference: {
      verify: (request, work) => ask('inference', { kind: 'verify', ...request }, work),
      generate: (request, work) => ask('inference', { kind: 'generate', ...request }, work),
      converse: async (request, { signal, onEvent }) => {
        const { outcome } = await runJob(
          options.launcher,
          'inference',
          { kind: 'converse', ...request },
          {
            nativeDirectory: options.nativeDirectory,
            signal,
            silenceLimitMs: null,
            graceMs: CHAT_GRACE_MS,
            onChat: onEvent,
          },
        );
        return outcome as Awaited<ReturnType<Inference['converse']>>;
      },
    },
    explorer: createExplorer(options),
    historyQuery: createHistoryQuery(options),
    exporter: {
      write: (job, work) => ask('exporter', { kind: 'export', ...job }, work),
    },
  };
}
