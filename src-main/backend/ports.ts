/** What the backend's use cases need from outside; adapters implement it, tests may too. */
import type { CodedError, Outcome } from '../../src-shared/contract/coded-error.ts';
import type { MicroBatch } from '../../src-shared/domain/batch.ts';
import type { ChatAnswer, ChatEvent, ChatSampling } from '../../src-shared/domain/chat.ts';
import type { Message } from '../../src-shared/domain/conversation.ts';
import type { ComputeDevice } from '../../src-shared/domain/device.ts';
import type { DiskKind } from '../../src-shared/domain/disk.ts';
import type { LabelsVerification, PredictionsVerification } from '../../src-shared/domain/export.ts';
import type { KeptDraft, ShownDraft } from '../../src-shared/domain/kept-draft.ts';
import type { LabelledExample } from '../../src-shared/domain/labels.ts';
import type { PreflightReport } from '../../src-shared/domain/preflight.ts';
import type { QueueItem } from '../../src-shared/domain/queue.ts';
import type { AdapterComparison, Repetition } from '../../src-shared/domain/repetition.ts';
import type { LossSplit } from '../../src-shared/domain/row-losses.ts';
import type {
  ProcessExit,
  Resumption,
  RunChanges,
  RunDetails,
  RunParent,
  RunStatus,
  RunSummary,
  RunsChanges,
  TrainerLog,
} from '../../src-shared/domain/run.ts';
import type { RunFacets, RunIdsQuestion, RunsPage, RunsQuestion } from '../../src-shared/domain/run-list.ts';
import type { RunLogHead, RunLogLine } from '../../src-shared/domain/run-log.ts';
import type { MetricsQuestion, RunMetrics, StepPage } from '../../src-shared/domain/run-metrics.ts';
import type { SavedView } from '../../src-shared/domain/run-view.ts';
import type { Settings, SettingsView } from '../../src-shared/domain/settings.ts';
import type { RenderedSpan } from '../../src-shared/domain/template.ts';
import type {
  Checkpoint,
  DemoScore,
  Evaluation,
  FinishedEvent,
  RunError,
  RunHashes,
  RunPhase,
  Sample,
  StepMetric,
  TrainingEvent,
} from '../../src-shared/domain/training.ts';
import type { Recipe } from '../../src-shared/recipe/schema.ts';
import type {
  ChatPrompt,
  ExportContent,
  ExportedFile,
  InspectedModel,
  Inspection,
  ModelWithAdapter,
  Prepared,
  ProbeFindings,
  Progress,
  TrainerRequest,
} from '../pipeline/job-results.ts';
import type { LossesMeta, LossMeasurement, TokenLosses } from '../pipeline/losses/stored-losses.ts';
import type { DatasetKeys, Question } from '../pipeline/questions.ts';

export interface WorkOptions {
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/** Everything that turns files into labels; runs outside this process. */
export interface DatasetPreparer {
  prepare(recipe: Recipe, options: WorkOptions): Promise<Outcome<Prepared>>;
  /** `keys`: how the rows are read, where a recipe says so. */
  inspect(paths: readonly string[], options: WorkOptions, keys?: DatasetKeys): Promise<Outcome<Inspection>>;
  render(
    recipe: Recipe,
    source: { readonly row: number } | { readonly contextJson: string },
    options: WorkOptions,
  ): Promise<Outcome<{ readonly text: string; readonly spans: readonly RenderedSpan[] }>>;
  encode(
    recipe: Recipe,
    prompts: readonly (readonly Message[])[],
    options: WorkOptions,
  ): Promise<
    Outcome<{ readonly prompts: readonly (readonly number[])[]; readonly stopIds: readonly number[] }>
  >;
  describe(options: WorkOptions): Promise<Outcome<NativeDescription>>;
  /** Reads headers only; answers in the order of the paths. */
  inspectModels(paths: readonly string[], options: WorkOptions): Promise<Outcome<readonly InspectedModel[]>>;
}

export interface NativeDescription {
  readonly version: { readonly addon: string; readonly llamaCpp: string; readonly compiler: string };
  readonly devices: readonly ComputeDevice[];
  readonly gpus: readonly {
    readonly backend: string;
    readonly state: 'ready' | 'driverless' | 'faulty';
    readonly error: CodedError | null;
  }[];
}

export interface ModelFile {
  readonly path: string;
  /** Where the program that keeps the file has a name for it. */
  readonly name: string | null;
}

/** Looks for model files in the places of other programs, the folders of the settings and those named. */
export interface ModelFinder {
  find(folders: readonly string[], signal: AbortSignal): Promise<readonly ModelFile[]>;
}

/** Answers the studio's questions about data, labels and templates, in a process of its own that stays open. */
export interface Explorer {
  ask<T>(question: Question, signal: AbortSignal): Promise<Outcome<T>>;
  /** Idempotent. */
  close(): void;
}

/** Reads prepared datasets back. */
export interface PreparedDatasets {
  /** Examples of the data files, in file order. Throws a CodedException where the file is damaged. */
  examples(preparedPath: string): Generator<LabelledExample>;
  /** The collated micro-batches of a run, in training order, with the step that each belongs to. */
  microBatches(
    preparedPath: string,
    recipe: Recipe,
  ): Generator<{ readonly step: number; readonly batch: MicroBatch }>;
}

export interface TrainingEnd {
  readonly outcome: Outcome<Omit<FinishedEvent, 'type' | 'demo' | 'paused' | 'repetition'>>;
  /** How the process died, where it did not answer. */
  readonly exit: ProcessExit | null;
}

export interface TrainingLauncher {
  /** Runs to its end; the signal asks it to stop and keep what it has. */
  train(
    job: {
      readonly recipe: Recipe;
      readonly preparedPath: string;
      readonly directory: string;
      readonly resumeFrom: Checkpoint | null;
      readonly isExtended: boolean;
    },
    options: WorkOptions & {
      readonly onEvent: (event: TrainingEvent) => void;
      readonly onPhase: (phase: RunPhase) => void;
      /** What the trainer writes, in pieces of any length. */
      readonly onOutput: (text: string) => void;
      /** The trainer waits for it. Must not reject. */
      readonly onRequest: (request: TrainerRequest) => Promise<void>;
    },
  ): Promise<TrainingEnd>;
}

/** What the trainers of a run wrote, in a file of its folder; see `adapters/trainer-log`. */
export interface TrainerLogs {
  /** Goes on behind what an earlier trainer of the run wrote. */
  open(runDirectory: string): TrainerLogWriter;
  read(runDirectory: string): TrainerLog;
}

/** Never throws: where the disk takes no more, the log ends. */
export interface TrainerLogWriter {
  add(text: string): void;
  /** Writes the rest. Idempotent. */
  close(): void;
}

/** Tries a step before a run. */
export interface Prober {
  /** `directory`: for what is only needed meanwhile. Errors: those of a run that cannot begin. */
  probe(
    job: { readonly recipe: Recipe; readonly preparedPath: string; readonly directory: string },
    options: WorkOptions,
  ): Promise<Outcome<ProbeFindings>>;
}

/** Where a run can go on from; see `adapters/checkpoints`. */
export interface Checkpoints {
  /** In the order of their steps; whether they are whole is not looked at. */
  list(runDirectory: string): readonly Checkpoint[];
  /** `damaged` are those that are newer and not whole. */
  newestWhole(
    runDirectory: string,
    notBeyondStep: number,
  ): Promise<{
    readonly checkpoint: (Checkpoint & { readonly elapsedMs: number }) | null;
    readonly damaged: readonly (Checkpoint & { readonly reason: string })[];
  }>;
  /** Removes those behind a step, and what a killed process left half-written. */
  removeBeyond(runDirectory: string, step: number): void;
}

/** Measures the loss of rows with a run's adapter. */
export interface LossMeter {
  /** Errors: those of a run that cannot begin, `losses.noRows`, `job.cancelled`. */
  measure(job: LossMeasurement, options: WorkOptions): Promise<Outcome<LossesMeta>>;
}

/** The files of losses in runs' folders; null where there is none that can be read. See `adapters/losses`. */
export interface LossFiles {
  pathOf(runDirectory: string, split: LossSplit): string;
  read(path: string): LossesMeta | null;
  readTokens(path: string, row: number, part: number): TokenLosses | null;
  /** SHA-256 of an adapter's bytes; null where there is no such file. */
  adapterHash(adapterPath: string): Promise<string | null>;
}

/** Compares the files of adapters; see `adapters/peft`. */
export interface AdapterFiles {
  /** Null where one of them is not there. */
  compare(before: string, now: string): Promise<AdapterComparison | null>;
}

export interface GenerateRequest {
  readonly modelPath: string;
  readonly adapterPaths: readonly (string | null)[];
  readonly prompts: readonly (readonly number[])[];
  readonly stopIds: readonly number[];
  readonly maxTokens: number;
  readonly sampling: { readonly temperature: number; readonly topP: number; readonly seed: number };
  readonly threads: number | null;
}

export interface Inference {
  /** `answers[adapter][prompt]` */
  generate(
    request: GenerateRequest,
    options: WorkOptions,
  ): Promise<Outcome<{ readonly answers: readonly (readonly string[])[] }>>;
  /** The signal asks it to stop: what was said so far is the answer. */
  converse(
    request: ConverseRequest,
    options: { readonly signal: AbortSignal; readonly onEvent: (event: ChatEvent) => void },
  ): Promise<Outcome<{ readonly answers: readonly ChatAnswer[] }>>;
  /** Loads both and compares what they predict on a fixed text. */
  verify(
    request: { readonly reference: ModelWithAdapter; readonly exported: ModelWithAdapter },
    options: WorkOptions,
  ): Promise<Outcome<PredictionsVerification>>;
}

/** Writes the files of an export; whoever asked puts them in place. */
export interface Exporter {
  write(
    job: {
      readonly content: ExportContent;
      readonly directory: string;
    },
    options: WorkOptions,
  ): Promise<
    Outcome<{ readonly files: readonly ExportedFile[]; readonly labels: LabelsVerification | null }>
  >;
}

/** Rows of an answer in SQL: numbers, texts and nulls. */
export interface QueryAnswer {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
  /** There are more rows than were asked for. */
  readonly isCut: boolean;
}

/** Asks the history in SQL. A question that takes too long is ended, and none can change anything. */
export interface HistoryQuery {
  /** Errors: `sql.readOnly`, `sql.oneStatement`, `sql.invalid`, `sql.tooLong`, `job.cancelled`. */
  ask(
    question: { readonly sql: string; readonly maxRows: number; readonly limitMs: number },
    signal: AbortSignal,
  ): Promise<Outcome<QueryAnswer>>;
}

export interface ConverseRequest {
  readonly sides: readonly ChatPrompt[];
  readonly sampling: ChatSampling;
  readonly choices: number;
  readonly threads: number | null;
}

export interface NewRun {
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
  readonly recipe: Recipe;
  readonly hashes: RunHashes;
  readonly versions: Readonly<Record<string, string>>;
  readonly preflight: PreflightReport;
  readonly modelName: string;
  readonly dataName: string;
  readonly plannedSteps: number;
  readonly ownerPid: number;
  /** The run that it comes from, if any. */
  readonly parent?: RunParent;
}

export interface RunEnd {
  readonly status: Exclude<RunStatus, 'draft' | 'running'>;
  readonly endedAt: string;
  readonly adapterPath: string | null;
  readonly bestAdapterPath: string | null;
  readonly error: RunError | null;
  readonly processExit: ProcessExit | null;
  readonly demo: DemoScore | null;
  /** Stopped to be resumed. */
  readonly paused: boolean;
  /** Of a run that repeats another one. */
  readonly repetition: Repetition | null;
}

/** A run that goes on: what was measured behind `fromStep` is measured again. */
export interface RunResumption extends Resumption {
  readonly ownerPid: number;
  readonly checkpoints: readonly Checkpoint[];
  /** Where it goes on for longer than it was meant to, which a completed run may too. */
  readonly extension: { readonly recipe: Recipe; readonly plannedSteps: number } | null;
}

/** Measurements that wait to be written together. */
export interface RunRecords {
  readonly steps: readonly StepMetric[];
  readonly evaluations: readonly Evaluation[];
  readonly samples: readonly Sample[];
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
  /** All that are there now; null where that did not change. */
  readonly checkpoints: readonly Checkpoint[] | null;
}

/** A run as it is kept: without what the history works out of its steps and of other runs. */
export type KeptRun = Omit<
  RunDetails,
  | 'parentName'
  | 'children'
  | 'stepsDone'
  | 'firstStep'
  | 'lastSteps'
  | 'trainedTokens'
  | 'memoryBytes'
  | 'estimatedMemoryBytes'
>;

/** The diary of a run, as it was read. */
export interface LoggedRun {
  readonly head: RunLogHead;
  readonly lines: readonly RunLogLine[];
  readonly damagedLines: number;
}

export interface RunLogWriter {
  /** Written within a second. */
  add(event: TrainingEvent): void;
  /** Writes what waits. Idempotent. */
  close(): void;
}

/** Diaries in runs' folders; see `adapters/run-log`. */
export interface RunLogs {
  isIn(directory: string): boolean;
  /** `head` is asked for where there is no diary yet. */
  open(
    directory: string,
    head: () => RunLogHead | null,
    now: () => Date,
    onFault: (reason: string) => void,
  ): RunLogWriter;
  /** Null where it does not begin as a diary does. Throws where the file system does, and when it is aborted. */
  read(directory: string, signal: AbortSignal): Promise<LoggedRun | null>;
}

export type TableCell = string | number | null;

export interface TableColumn {
  readonly name: string;
  readonly type: 'text' | 'integer' | 'real';
}

/** Rows with a cell for each column, some at a time; may be read once or again. */
export interface Table {
  readonly name: string;
  readonly columns: readonly TableColumn[];
  chunks(): Iterable<TableCell[][]>;
}

export type TableFormat = 'csv' | 'json' | 'parquet';

export interface WrittenTable {
  /** Below the folder that was asked for. */
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
}

/** A run over time. */
export interface RunCourse {
  /** Milliseconds since 1970. */
  readonly startedMs: number;
  readonly steps: Iterable<readonly StepMetric[]>;
  readonly evaluations: readonly Evaluation[];
}

/** Writes the history for other programs. Throws where the file system does. */
export interface HistoryWriter {
  table(
    directory: string,
    table: Table,
    format: TableFormat,
    work: { readonly signal: AbortSignal; readonly onRows: (rows: number) => void },
  ): Promise<WrittenTable>;
  /** An event file of TensorBoard in a folder `name`. */
  events(directory: string, name: string, course: RunCourse): Promise<WrittenTable>;
}

/** The history of another data folder, to be read. */
export interface ForeignHistory {
  readonly store: RunStore;
  /** Not null where it was damaged: how much of it could be read. */
  readonly notice: CodedError | null;
  /** Idempotent. */
  close(): void;
}

export interface ForeignHistories {
  /** Errors: those of a history that cannot be opened. Throws where the file system does. */
  open(path: string): Outcome<ForeignHistory>;
}

export type RunBrief = Pick<
  RunDetails,
  | 'id'
  | 'name'
  | 'status'
  | 'recipe'
  | 'hashes'
  | 'versions'
  | 'plannedSteps'
  | 'adapterPath'
  | 'bestAdapterPath'
  | 'parent'
>;

/** Choices that hold for a data folder; kept in a file of it. */
export interface SettingsFile {
  /** What cannot be read counts as its default. */
  read(home: string): Pick<SettingsView, 'settings' | 'path' | 'faulty'>;
  /** Throws where the file system does; then nothing has changed. */
  change(home: string, changes: Partial<Settings>): void;
}

/** The draft of the data folder. */
export interface DraftFile {
  /** No draft and 0 where none was kept, or it cannot be read. */
  read(home: string): ShownDraft;
  /**
   * Gives its revision. A file that cannot be read is put aside. Throws where the file system does; then the one before it
   * is still there.
   */
  keep(home: string, draft: KeptDraft, windowId: string): number;
}

export interface FoundOnDisk {
  /** The path below the data folder, with `/`. */
  readonly id: string;
  readonly kind: Exclude<DiskKind, 'model'>;
  readonly path: string;
  readonly name: string;
  readonly bytes: number;
  readonly files: number;
  readonly changedMs: number;
  /** Of a run's folder and its checkpoints. */
  readonly runId?: string;
}

export interface HomeSurvey {
  readonly home: string;
  readonly freeBytes: number | null;
  readonly found: readonly FoundOnDisk[];
  readonly problems: readonly { readonly path: string; readonly message: string }[];
}

/** The data folder as files. Links are never followed, and nothing outside it is touched. */
export interface HomeFiles {
  survey(home: string, signal: AbortSignal): Promise<HomeSurvey>;
  prepared(home: string, signal: AbortSignal): Promise<FoundOnDisk[]>;
  /** For good. Throws where the file system does. */
  remove(home: string, id: string): void;
  /** To another name in the data folder. Throws where the file system does. */
  move(home: string, from: string, to: string): void;
  /** Gives the id in the trash. Throws where the file system does. */
  moveToTrash(home: string, id: string, now: Date): string;
  restore(home: string, trashId: string): Outcome<{ path: string }>;
}

export interface RunStore {
  create(run: NewRun): void;
  /** In one transaction; also says that the owner is alive. */
  record(id: string, records: RunRecords, at: string): void;
  finish(id: string, end: RunEnd): void;
  /** In one transaction. False, and nothing is changed, where the run is not one that can go on (any more). */
  resume(id: string, resumption: RunResumption): boolean;
  page(question: RunsQuestion): RunsPage;
  /** The newest runs of a model that have steps, by the SHA-256 of its file; the newest first. */
  runsOfModel(
    hash: string,
  ): readonly { readonly id: string; readonly name: string; readonly recipe: Recipe }[];
  /** Tokens without padding in a second, the median of a run's newest steps; null where it has none. */
  paceOf(id: string): number | null;
  /** The newest run that ended with this adapter, be it its last or its best; null where none did. */
  runOfAdapter(path: string): string | null;
  /** Of the same runs in the same order their ids alone. */
  ids(question: RunIdsQuestion): string[];
  /** Runs that no process has brought to an end yet, the newest first. */
  underWay(): RunSummary[];
  /** The values that runs can be filtered by; of deleted runs or of those that are there. */
  facets(isDeleted: boolean): RunFacets;
  /** Every run by its id; either those that were deleted or those that are there. */
  names(isDeleted: boolean): ReadonlyMap<string, Pick<RunSummary, 'name' | 'status'>>;
  show(id: string): RunDetails | null;
  /** These three say nothing of whether there is such a run. */
  metrics(id: string, question: MetricsQuestion): RunMetrics;
  /** In their order, from the place `offset` on, counted from 0. */
  steps(id: string, offset: number, count: number): StepPage;
  /** The last step before which none is missing; 0 where the first one is. */
  stepsWithoutGap(id: string): number;
  /** False where there is no such run. A tag that is given twice counts once. */
  change(id: string, changes: RunChanges): boolean;
  /** The same change of many runs in one transaction; gives the ids of those that there are. */
  changeAll(ids: readonly string[], changes: RunsChanges): string[];
  /** Hides runs that are over, files and all kept, in one transaction; gives the ids of those that it hides. */
  hide(ids: readonly string[], at: string): string[];
  /** Shows hidden runs again; gives their ids. */
  unhide(ids: readonly string[]): string[];
  /** What a run was trained by, beside what was known when it began. */
  addVersions(id: string, versions: Readonly<Record<string, string>>): void;
  /** Removes a deleted run for good, with its steps and documents. False where there is none. */
  erase(id: string): boolean;
  /** Ids of hidden runs that begin so. */
  hiddenIdsStartingWith(prefix: string): string[];
  /** Also where it is hidden. */
  has(id: string): boolean;
  /** In one transaction. False, and nothing is changed, where the id is taken. */
  adopt(run: KeptRun, pages: Iterable<readonly StepMetric[]>): boolean;
  /** Without its measurements, however many those are. */
  brief(id: string): RunBrief | null;
  /** Ids that begin so; for short ids on the command line. */
  idsStartingWith(prefix: string): string[];
  /** Runs marked as running whose process is gone become interrupted; gives their ids. */
  interruptOrphans(isAlive: (pid: number, heartbeatAt: string) => boolean, at: string): string[];
  /** Saved views by their names. */
  views(): SavedView[];
  /** Replaces the one of the same name. */
  saveView(view: SavedView): void;
  /** False where there is none. */
  removeView(name: string): boolean;
  /** `ok`, or what SQLite's integrity check found. */
  integrity(): string;
  /** Idempotent. */
  close(): void;
}

export interface NewQueueItem {
  readonly id: string;
  readonly recipe: Recipe;
  /** Scored on the demo's held-out prompts at the end. */
  readonly isDemo: boolean;
  readonly parent: RunParent | null;
  /** A process that waits for its own turn: nobody else starts the item, and it goes with the process. */
  readonly waiterPid: number | null;
}

export interface ClaimedItem {
  readonly id: string;
  /** As it was stored; to be checked again. */
  readonly recipe: unknown;
  readonly isDemo: boolean;
  readonly parent: RunParent | null;
}

/** Runs that wait, shared by every process of a data folder: each change is one transaction. */
export interface RunQueue {
  /** Without those that were removed, in their order. */
  list(): QueueItem[];
  /** True where nothing was ever put into it; costs no database. */
  isEmpty(): boolean;
  add(item: NewQueueItem): void;
  /** These four: false where there is no such item. */
  move(id: string, to: 'up' | 'down'): boolean;
  putFirst(id: string): boolean;
  remove(id: string): boolean;
  restore(id: string): boolean;
  /**
   * Takes the first that waits, if it is nobody else's, to start it; or `wanted`, once it is the first. Null while
   * another one is being started.
   */
  claim(pid: number, wanted: string | null): ClaimedItem | null;
  /** It waits again. */
  giveBack(id: string): void;
  block(id: string, error: RunError): void;
  /** It has become a run. */
  finish(id: string): void;
  /** Says that this process is alive. */
  beat(pid: number): void;
  /** Another number after another process has changed the queue. */
  version(): number;
  /** Idempotent. */
  close(): void;
}
