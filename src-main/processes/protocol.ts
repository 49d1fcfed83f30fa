/**
 * What the backend's process and its children say to each other. A child does one job and ends; the
 * parent may ask it to stop. Both sides are ours, so messages are typed, not parsed.
 */
import type { AddonVersion, Device } from '../../src-native/binding.d.ts';
import type { CodedError, Outcome } from '../../src-shared/contract/coded-error.ts';
import type { ChatAnswer, ChatEvent, ChatSampling } from '../../src-shared/domain/chat.ts';
import type { Message } from '../../src-shared/domain/conversation.ts';
import type { LabelsVerification } from '../../src-shared/domain/export.ts';
import type { RenderedSpan } from '../../src-shared/domain/template.ts';
import type { Checkpoint, FinishedEvent, RunPhase, TrainingEvent } from '../../src-shared/domain/training.ts';
import type { Recipe } from '../../src-shared/recipe/schema.ts';
import type {
  ChatPrompt,
  ExportContent,
  ExportedFile,
  ModelWithAdapter,
  Progress,
  TrainerRequest,
} from '../pipeline/job-results.ts';
import type { LossMeasurement } from '../pipeline/losses/stored-losses.ts';
import type { DatasetKeys, Question } from '../pipeline/questions.ts';

export type ProcessEntry = 'trainer' | 'preparer' | 'inference' | 'explorer' | 'exporter' | 'querier';

/** Recipe paths are absolute. `now`: seconds since 1970, what a template's `strftime_now` prints. */
export interface PrepareJob {
  readonly kind: 'prepare';
  readonly recipe: Recipe;
  /** Prepared datasets and model hashes are kept here. */
  readonly cacheDirectory: string;
  readonly now: number;
}

export interface InspectJob {
  readonly kind: 'inspect';
  /** At least one. */
  readonly paths: readonly string[];
  /** How the rows are read; without, as a recipe that says nothing about it. */
  readonly keys?: DatasetKeys;
}

export interface RenderJob {
  readonly kind: 'render';
  readonly recipe: Recipe;
  readonly now: number;
  /** A row of the dataset, or a template context of one's own as JSON text. */
  readonly source: { readonly row: number } | { readonly contextJson: string };
}

export interface RenderResult {
  readonly text: string;
  readonly spans: readonly RenderedSpan[];
}

/** Prompts → the very ids that training would put in front of the answer. */
export interface EncodeJob {
  readonly kind: 'encode';
  readonly recipe: Recipe;
  readonly now: number;
  readonly prompts: readonly (readonly Message[])[];
}

export interface EncodeResult {
  readonly prompts: readonly (readonly number[])[];
  readonly stopIds: readonly number[];
}

/** What the native part says of itself and of this machine. */
export interface DescribeJob {
  readonly kind: 'describe';
}

export interface GpuBackendReport {
  readonly backend: string;
  /** `driverless`: no such GPU, or none with a driver; `faulty`: what `error` explains stands in the way. */
  readonly state: 'ready' | 'driverless' | 'faulty';
  readonly module: string | null;
  readonly error: CodedError | null;
}

export interface DescribeResult {
  readonly version: AddonVersion;
  readonly devices: readonly Device[];
  /** Each GPU backend that this platform has modules for, and what became of it. */
  readonly gpus: readonly GpuBackendReport[];
}

export interface InspectModelsJob {
  readonly kind: 'inspectModels';
  readonly paths: readonly string[];
}

export type PreparerJob = PrepareJob | InspectJob | RenderJob | EncodeJob | DescribeJob | InspectModelsJob;

export interface TrainJob {
  readonly kind: 'train';
  readonly recipe: Recipe;
  readonly preparedPath: string;
  /** Where the adapter and the checkpoints go. */
  readonly directory: string;
  /** The checkpoint to go on from; null starts at step 1. */
  readonly resumeFrom: Checkpoint | null;
  /** The run goes on for longer than it was meant to, so its patience counts anew. */
  readonly isExtended: boolean;
}

/** One real step and ten on one micro-batch; nothing is kept. */
export interface ProbeJob {
  readonly kind: 'probe';
  readonly recipe: Recipe;
  readonly preparedPath: string;
  readonly directory: string;
}

export type LossesJob = { readonly kind: 'losses' } & LossMeasurement;

export type TrainerJob = TrainJob | ProbeJob | LossesJob;

export type TrainResult = Omit<FinishedEvent, 'type' | 'demo' | 'paused'>;

export interface Sampling {
  readonly temperature: number;
  readonly topP: number;
  readonly seed: number;
}

export interface GenerateJob {
  readonly kind: 'generate';
  readonly modelPath: string;
  /** One list of answers per entry; null is the base model without adapter. */
  readonly adapterPaths: readonly (string | null)[];
  readonly prompts: readonly (readonly number[])[];
  readonly stopIds: readonly number[];
  readonly maxTokens: number;
  readonly sampling: Sampling;
  readonly threads: number | null;
}

export interface GenerateResult {
  /** `answers[adapter][prompt]` */
  readonly answers: readonly (readonly string[])[];
}

/** A chat: each side's own prompt, with its own model and adapter, one after the other. */
export interface ConverseJob {
  readonly kind: 'converse';
  readonly sides: readonly ChatPrompt[];
  readonly sampling: ChatSampling;
  /** How many of the likeliest tokens are told with each token. */
  readonly choices: number;
  readonly threads: number | null;
}

export interface ConverseResult {
  readonly answers: readonly ChatAnswer[];
}

/** Whether an exported file, loaded again, predicts what base and adapter do. */
export interface VerifyJob {
  readonly kind: 'verify';
  readonly reference: ModelWithAdapter;
  readonly exported: ModelWithAdapter;
}

export type InferenceJob = GenerateJob | ConverseJob | VerifyJob;

/** Writes files of an export into a folder of their own; the parent puts them in place once they are verified. */
export interface ExportJob {
  readonly kind: 'export';
  readonly content: ExportContent;
  readonly directory: string;
}

export interface ExportResult {
  readonly files: readonly ExportedFile[];
  /** Of `trl`, what was compared with the prepared dataset. */
  readonly labels: LabelsVerification | null;
}

/** A question to the history in SQL, which cannot change it. */
export interface QueryJob {
  readonly kind: 'query';
  readonly historyPath: string;
  readonly sql: string;
  readonly maxRows: number;
}

export type Job = PreparerJob | TrainerJob | InferenceJob | ExportJob | QueryJob;

export type ParentMessage =
  | { readonly type: 'job'; readonly job: Job; readonly nativeDirectory: string }
  | {
      readonly type: 'ask';
      readonly id: number;
      readonly question: Question;
      readonly nativeDirectory: string;
      readonly now: number;
    }
  /** The answer to this question is not wanted any more. */
  | { readonly type: 'drop'; readonly id: number }
  | { readonly type: 'stop' }
  /** The oldest request is. */
  | { readonly type: 'fulfilled' };

export type ChildMessage =
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'event'; readonly event: TrainingEvent }
  | { readonly type: 'phase'; readonly phase: RunPhase }
  | { readonly type: 'chat'; readonly event: ChatEvent }
  /** The child waits until it is fulfilled. */
  | { readonly type: 'request'; readonly request: TrainerRequest }
  | { readonly type: 'result'; readonly outcome: Outcome<unknown> }
  | { readonly type: 'answer'; readonly id: number; readonly outcome: Outcome<unknown> };

/** How the last line of a process begins that ended itself for its memory. */
export const MEMORY_LIMIT_REACHED = 'More memory was taken than the limit';
