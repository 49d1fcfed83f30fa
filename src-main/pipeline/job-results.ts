/** What a job tells while it works and when it is done: one shape for the child that says it and the backend that hears it. */

import type { MergedType } from '../../src-shared/domain/export.ts';
import type { PreflightReport } from '../../src-shared/domain/preflight.ts';
import type { RunHashes } from '../../src-shared/domain/training.ts';
import type { Recipe } from '../../src-shared/recipe/schema.ts';
import type { Mapping } from './import/describe-mapping.ts';

export interface Progress {
  /** What is being done, as shown: "reading rows". */
  readonly phase: string;
  readonly done: number;
  /** Null where the end is not known yet. */
  readonly total: number | null;
}

/** What a trainer waits for its parent to do. */
export type TrainerRequest =
  /** Every event so far is to be in the history. */
  | { readonly kind: 'commit' }
  /** What it trains on and by, to be kept with the run's versions: names and what they are. */
  | { readonly kind: 'origin'; readonly origin: Readonly<Record<string, string>> }
  /** The recipe's prompts are to be answered with this adapter, as sample events of this step. */
  | { readonly kind: 'sample'; readonly step: number; readonly adapterPath: string };

export interface Prepared {
  readonly preparedPath: string;
  readonly report: PreflightReport;
  readonly hashes: RunHashes;
  readonly vocabularyOnly: boolean;
  readonly modelName: string;
}

/** A conversation that waits for its answer, as the model gets it. */
export interface EncodedPrompt {
  readonly text: string;
  readonly ids: readonly number[];
  /** Text of each token; bytes that are no whole character stand as U+FFFD. */
  readonly pieces: readonly string[];
  /** Bytes in hexadecimal. */
  readonly bytes: readonly string[];
  /** The tokens that end an answer. */
  readonly stopIds: readonly number[];
}

/** What one side of a chat gets: the prompt's token ids, and which tokens end the answer. */
export interface ChatPrompt {
  readonly modelPath: string;
  /** Null is the base model. */
  readonly adapterPath: string | null;
  readonly prompt: readonly number[];
  readonly stopIds: readonly number[];
}

/** What a model file's header tells, or why the file is refused. */
export type InspectedModel =
  | {
      readonly facts: {
        readonly architecture: string;
        readonly name: string | null;
        readonly parameters: number;
        readonly quantization: string;
        readonly contextLength: number;
        readonly untrainableReason: string | null;
      };
    }
  | { readonly refusal: string };

/** What a real step with the recipe's model and data showed. */
export interface ProbeFindings {
  /** One micro-batch, the largest of the first epoch; losses are per trained token. */
  readonly loss: number;
  readonly vocabularySize: number;
  /** Labels that the dataset says are in it, and those that the trainer saw. */
  readonly labelsCounted: number;
  readonly labelsSeen: number;
  /** Weights whose B got no gradient, or one that is no number. */
  readonly weightsWithoutGradient: readonly string[];
  readonly adaptedWeights: number;
  /** The same micro-batch after each of some steps at a constant rate. */
  readonly lossesAfterSteps: readonly number[];
  /** Rows of the data file in it. */
  readonly rows: readonly number[];
  /** Of the run's first step, with all its micro-batches and the update. */
  readonly secondsPerStep: number;
  /** The trainer's peak resident memory. */
  readonly memoryBytes: number;
  /** What a run would warn of: devices that are not used, operations left to the processor. */
  readonly warnings: readonly string[];
}

export interface Inspection {
  readonly format: string | null;
  /** Of all files together. */
  readonly rows: number;
  /** In the order in which their rows are counted. */
  readonly files: readonly { readonly path: string; readonly rows: number }[];
  readonly conversations: number;
  readonly columns: readonly string[];
  readonly roles: Readonly<Record<string, number>>;
  readonly problems: readonly {
    readonly row: number;
    readonly line: number;
    readonly code: string;
    readonly message: string;
  }[];
  /** All problems, also those beyond the ones listed. */
  readonly problemCount: number;
  /** What was guessed, and why; the recipe's `dataset.columns` and `dataset.roles` win over it. */
  readonly mapping: Mapping;
  /** What is true of the whole file or of `count` of its rows, and does not keep it from being used. */
  readonly warnings: readonly { readonly code: string; readonly message: string; readonly count: number }[];
  readonly sample: readonly unknown[];
}

export interface ModelWithAdapter {
  readonly modelPath: string;
  readonly adapterPath: string | null;
}

/** What an export consists of. */
export type ExportContent =
  | { readonly format: 'gguf-adapter'; readonly fileName: string; readonly adapterPath: string }
  | {
      readonly format: 'peft';
      /** Of the folder. */
      readonly fileName: string;
      readonly modelPath: string;
      readonly adapterPath: string;
      readonly baseName: string;
    }
  | {
      readonly format: 'ollama';
      /** Of the folder. */
      readonly fileName: string;
      readonly modelPath: string;
      readonly adapterPath: string;
      readonly weightType: MergedType;
      readonly baseName: string;
      readonly adapterName: string;
      /** Its template is put in Ollama's language. */
      readonly recipe: Recipe;
      /** Seconds since 1970: what a template's `strftime_now` prints. */
      readonly now: number;
    }
  | {
      readonly format: 'gguf';
      readonly fileName: string;
      readonly modelPath: string;
      readonly adapterPath: string;
      readonly weightType: MergedType;
      /** Recorded in the file: of the base model, and of the run. */
      readonly baseName: string;
      readonly adapterName: string;
    }
  | {
      readonly format: 'trl';
      /** Of the folder. */
      readonly fileName: string;
      readonly preparedPath: string;
      /** Script and task files, which every such folder has. */
      readonly scriptsDirectory: string;
      readonly recipe: Recipe;
      /** Seconds since 1970: what a template's `strftime_now` prints. */
      readonly now: number;
    };

export interface ExportedFile {
  readonly name: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

/** Beside an export that stock llama.cpp cannot load: the adapter that was read from it again. */
export const READ_BACK_FILE = 'read-back.gguf.partial';

/** Beside the Modelfile. */
export const OLLAMA_MODEL_FILE = 'model.gguf';
