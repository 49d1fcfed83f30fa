/** The procedures behind the wizard: a recipe that is being written, and views of what it would train. */
import { z } from 'zod';
import { checkPlacesSchema, tokenRunSchema } from '../domain/explained-row.ts';
import {
  dataRowSchema,
  inspectionSchema,
  listedModelSchema,
  modelFactsSchema,
} from '../domain/inspection.ts';
import { draftParentSchema, keptDraftSchema, shownDraftSchema } from '../domain/kept-draft.ts';
import { preflightReportSchema } from '../domain/preflight.ts';
import { runIdSchema } from '../domain/run.ts';

/** A recipe as a value, whole or not; the backend checks it again. Paths are absolute. */
export const draftSchema = z.record(z.string(), z.unknown());

const path = z.string().min(1).max(4096);
const row = z.int().min(0);
/** Names a prepared dataset in the cache. */
const preparedId = z.string().regex(/^[0-9a-f]{64}$/);
const workId = z.string().min(1).max(100);

export const fileEntrySchema = z.object({
  name: z.string(),
  path: z.string(),
  isDirectory: z.boolean(),
  bytes: z.number(),
});
export type FileEntry = z.infer<typeof fileEntrySchema>;

const datasetKeys = z.strictObject({ dataset: z.record(z.string(), z.unknown()) });

/** A row of the row map: sums over neighbouring examples. */
export const mapBarSchema = z.object({
  firstIndex: z.number(),
  trained: z.number(),
  masked: z.number(),
  cut: z.number(),
  dropped: z.number(),
  examples: z.number(),
});
export type MapBar = z.infer<typeof mapBarSchema>;

export const tokenPageSchema = z.object({
  from: z.number(),
  ids: z.array(z.number()),
  /** Text of each token; bytes that are no whole character stand as U+FFFD. */
  pieces: z.array(z.string()),
  /** Bytes in hexadecimal. */
  bytes: z.array(z.string()),
});
export type TokenPage = z.infer<typeof tokenPageSchema>;

export const explainedExampleSchema = z.object({
  row: z.number(),
  line: z.number(),
  part: z.number(),
  parts: z.number(),
  /** All tokens of the row, with those that are cut. */
  tokens: z.number(),
  keptTokens: z.number(),
  trainedTokens: z.number(),
  dropped: z.string().nullable(),
  problem: z.string(),
  method: z.string(),
  findings: z.array(z.string()),
  /** Where the checks that concern the row point; one that speaks of the row as a whole is not among them. */
  places: checkPlacesSchema,
  runs: z.array(tokenRunSchema),
  page: tokenPageSchema,
});
export type ExplainedExample = z.infer<typeof explainedExampleSchema>;

export const searchSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('cut') }),
  z.strictObject({ kind: z.literal('dropped') }),
  z.strictObject({ kind: z.literal('text'), text: z.string().min(1).max(1000) }),
  z.strictObject({ kind: z.literal('finding'), id: z.string() }),
]);
export type RowSearch = z.infer<typeof searchSchema>;

export const batchViewSchema = z.object({
  step: z.number(),
  epoch: z.number(),
  length: z.number(),
  /** One entry per row of the batch, each a list of the examples in it; the rest of `length` is padding. */
  rows: z.array(z.array(z.object({ tokens: z.number(), trained: z.number() }))),
  dataRows: z.array(z.number()),
});
export type BatchView = z.infer<typeof batchViewSchema>;

export const DRAFT_PROCEDURES = {
  /** The recipe that is being written, as it was kept last. */
  'draft.show': { input: z.strictObject({}), output: shownDraftSchema },
  /** Puts it in the place of the one that was kept. `windowId` comes back in `draft.changed`. Errors: `draft.notWritten`. */
  'draft.keep': {
    input: z.strictObject({ draft: keptDraftSchema, windowId: z.string().min(1).max(100) }),
    output: z.object({ revision: z.number() }),
  },
  /**
   * A recipe file or the demo as a whole draft, every default filled in. `folder`: where relative paths begin, instead of
   * the file's own folder; they are told as the file has them.
   */
  'recipe.open': {
    input: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('demo') }),
      z.strictObject({ kind: z.literal('file'), path, folder: path.optional() }),
    ]),
    output: z.object({
      recipe: draftSchema,
      path: z.string().nullable(),
      relativePaths: z.array(z.object({ key: z.string(), path: z.string() })),
      /** The run that it was saved from, or whose adapter it begins with. */
      parent: draftParentSchema.nullable(),
    }),
  },
  /** Refuses an invalid recipe with all its faults, and with `recipe.exists` to write over a file unasked. */
  'recipe.save': {
    input: z.strictObject({
      recipe: draftSchema,
      path,
      overwrite: z.boolean(),
      /** The run that it comes from, to be named in the file. */
      fromRun: runIdSchema.nullable(),
    }),
    output: z.object({ path: z.string() }),
  },
  'recipe.yaml': { input: z.strictObject({ recipe: draftSchema }), output: z.object({ yaml: z.string() }) },
  /** Folders and fitting files below the user's home; null starts there. */
  'files.list': {
    input: z.strictObject({
      directory: path.nullable(),
      extensions: z.array(z.string().max(20)).max(20),
    }),
    output: z.object({
      directory: z.string(),
      parent: z.string().nullable(),
      entries: z.array(fileEntrySchema),
      truncated: z.boolean(),
    }),
  },
  /** GGUF files in the places of other programs and the folders of the settings, and which of them can be trained. */
  'models.list': {
    input: z.strictObject({}),
    output: z.object({ models: z.array(listedModelSchema) }),
  },
  'models.describe': { input: z.strictObject({ path }), output: modelFactsSchema },
  /** Reads the whole file: columns, roles, problems by row, with the draft's mapping applied. */
  'data.inspect': { input: datasetKeys, output: inspectionSchema },
  'data.rows': {
    input: z.strictObject({
      dataset: z.record(z.string(), z.unknown()),
      from: row,
      count: z.int().min(1).max(200),
    }),
    output: z.object({ rows: z.array(dataRowSchema), total: z.number().nullable() }),
  },
  /** The prepared dataset of a draft and its report. `workId` names the progress on `work.progress`. */
  'draft.prepare': {
    input: z.strictObject({ recipe: draftSchema, workId }),
    output: z.object({ preparedId, report: preflightReportSchema, vocabularyOnly: z.boolean() }),
  },
  /** One row as the trainer would get it, with a page of its tokens. */
  'labels.example': {
    input: z.strictObject({
      recipe: draftSchema,
      row,
      part: z.int().min(0),
      from: z.int().min(0),
      count: z.int().min(0).max(4000),
    }),
    output: explainedExampleSchema,
  },
  /** What each masking strategy would train, over the first rows. */
  'labels.compare': {
    input: z.strictObject({ recipe: draftSchema, rows: z.int().min(1).max(500) }),
    output: z.object({
      rows: z.number(),
      strategies: z.array(
        z.object({
          strategy: z.string(),
          trained: z.number(),
          tokens: z.number(),
          rowsWithoutLabels: z.number(),
        }),
      ),
    }),
  },
  /** Marker texts that fit the template, for a draft that masks in any other way yet. */
  'labels.markers': {
    input: z.strictObject({ recipe: draftSchema }),
    output: z.object({ instruction: z.string().nullable(), response: z.string().nullable() }),
  },
  /**
   * The next row behind (or before) `row` that is like that; -1 begins at the first. A long search stops at
   * a row and can be gone on with from there.
   */
  'labels.find': {
    input: z.strictObject({
      recipe: draftSchema,
      preparedId: preparedId.nullable(),
      row: z.int().min(-1),
      backwards: z.boolean(),
      search: searchSchema,
    }),
    output: z.object({ row: z.number().nullable(), stoppedAt: z.number().nullable() }),
  },
  'labels.map': {
    input: z.strictObject({ preparedId, bars: z.int().min(1).max(400) }),
    output: z.object({ examples: z.number(), bars: z.array(mapBarSchema) }),
  },
  /** A row through a template: the draft's own, or the source given. */
  'template.render': {
    input: z.strictObject({ recipe: draftSchema, source: z.string().max(500_000).nullable(), row }),
    output: z.object({
      text: z.string(),
      spans: z.array(
        z.object({ start: z.number(), end: z.number(), role: z.string(), trained: z.boolean() }),
      ),
    }),
  },
  /** The Jinja source that the draft uses, and the model's own. */
  'template.sources': {
    input: z.strictObject({ recipe: draftSchema }),
    output: z.object({ source: z.string().nullable(), modelSource: z.string().nullable() }),
  },
  /** Keeps an edited template as a file of the data folder and gives its path. */
  'template.save': {
    input: z.strictObject({ name: z.string().max(200), source: z.string().min(1).max(500_000) }),
    output: z.object({ path: z.string() }),
  },
  'batches.page': {
    input: z.strictObject({
      recipe: draftSchema,
      preparedId,
      fromStep: z.int().min(1),
      count: z.int().min(1).max(50),
    }),
    output: z.object({
      steps: z.number(),
      /** The first micro-batches of the run, over which tokens and padding are counted. */
      counted: z.object({ batches: z.number(), tokens: z.number(), padding: z.number() }),
      batches: z.array(batchViewSchema),
    }),
  },
  /** The first micro-batch that a row of the data is trained in; null for one that is held back or left out. */
  'batches.ofRow': {
    input: z.strictObject({ recipe: draftSchema, preparedId, row }),
    output: z.object({ batch: batchViewSchema.nullable() }),
  },
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;

export const progressEventSchema = z.object({
  phase: z.string(),
  done: z.number(),
  total: z.number().nullable(),
});

export const DRAFT_STREAMS = {
  /** A window of this process has kept another draft. */
  'draft.changed': {
    input: z.strictObject({}),
    event: z.object({ windowId: z.string(), revision: z.number() }),
  },
  /** How far a preparation is, at most ten times a second. */
  'work.progress': { input: z.strictObject({ workId }), event: progressEventSchema },
} as const satisfies Record<string, { input: z.ZodType; event: z.ZodType }>;
