/** What the backend is made of; each host wires it once, in one readable file. */

import type { CodedError, Outcome } from '../../src-shared/contract/coded-error.ts';
import type { AppInfo } from '../../src-shared/contract/procedures.ts';
import type { RunSummary } from '../../src-shared/domain/run.ts';
import type { Recipe } from '../../src-shared/recipe/schema.ts';
import type { ComputeLease } from './compute-lease.ts';
import type { EventHub } from './event-hub.ts';
import type {
  AdapterFiles,
  Checkpoints,
  DatasetPreparer,
  DraftFile,
  Explorer,
  Exporter,
  ForeignHistories,
  HistoryQuery,
  HistoryWriter,
  HomeFiles,
  Inference,
  LossFiles,
  LossMeter,
  ModelFinder,
  PreparedDatasets,
  Prober,
  RunLogs,
  RunQueue,
  RunStore,
  SettingsFile,
  TrainerLogs,
  TrainingLauncher,
} from './ports.ts';

export interface RecipeOverride {
  readonly key: string;
  readonly value: string;
}

export interface BackendParts {
  readonly home: string;
  readonly demoDirectory: string;
  /** What an export for TRL comes with. */
  readonly trlDirectory: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly store: RunStore;
  /** What happened when the data folder was opened that its owner should know. */
  readonly notice: CodedError | null;
  readonly queue: RunQueue;
  /** A run that another living process has under way in the same data folder. */
  readonly runElsewhere: () => RunSummary | null;
  readonly prepared: PreparedDatasets;
  readonly checkpoints: Checkpoints;
  readonly lossFiles: LossFiles;
  readonly adapterFiles: AdapterFiles;
  readonly historyWriter: HistoryWriter;
  readonly runLogs: RunLogs;
  readonly trainerLogs: TrainerLogs;
  readonly foreignHistories: ForeignHistories;
  readonly homeFiles: HomeFiles;
  readonly settings: SettingsFile;
  readonly draftFile: DraftFile;
  readonly workers: {
    readonly preparer: DatasetPreparer;
    readonly trainer: TrainingLauncher;
    readonly prober: Prober;
    readonly lossMeter: LossMeter;
    readonly inference: Inference;
    readonly explorer: Explorer;
    readonly exporter: Exporter;
    readonly historyQuery: HistoryQuery;
  };
  readonly models: ModelFinder;
  readonly lease: ComputeLease;
  readonly events: EventHub;
  /** Runs under way in this process, by id: aborting stops the run and keeps it; see `PAUSE`. */
  readonly running: Map<string, AbortController>;
  /** Writes what such a run has measured to the history, by id, before that is read. */
  readonly flush: Map<string, () => void>;
  readonly loadRecipe: (path: string, overrides?: readonly RecipeOverride[]) => Outcome<Recipe>;
  /**
   * The same, its relative paths as they are written (`folder` is where these begin, null for its own), and the run that
   * it says it comes from.
   */
  readonly openRecipeFile: (
    path: string,
    folder: string | null,
  ) => Outcome<{
    readonly recipe: Recipe;
    readonly relativePaths: { key: string; path: string }[];
    readonly fromRun: string | null;
  }>;
  /** The run that a recipe file says it comes from; null where it says nothing. */
  readonly runNamedIn: (path: string) => string | null;
  /** Recipes are stored as they ran; this checks one from the history again. */
  readonly checkRecipe: (value: unknown) => Outcome<Recipe>;
  readonly recipeToYaml: (recipe: Recipe, fromRun?: string | null) => string;
  /** The page may look for files below this folder. */
  readonly browseRoot: string;
  /** On the disk of a folder that is there; null where the system does not say. */
  readonly freeBytes: (folder: string) => number | null;
  readonly appInfo: () => Omit<AppInfo, 'devices'>;
  readonly now: () => Date;
  readonly newId: () => string;
}
