/**
 * The recipe: one value that holds a whole run. Defaults are written here once; `fields.ts` explains
 * every key. Parsing is strict: unknown keys are faults.
 */
import { z } from 'zod';

export const TARGET_MODULES = [
  'attn_q',
  'attn_k',
  'attn_v',
  'attn_output',
  'ffn_gate',
  'ffn_up',
  'ffn_down',
] as const;

const path = z.string().min(1);
const positiveInt = z.int().min(1);
const count = z.int().min(0);
const share = z.number().min(0).lt(1);
const roleName = z.enum(['system', 'developer', 'user', 'assistant', 'tool']);
const columnName = z.enum(['messages', 'prompt', 'completion', 'text', 'system', 'inputIds', 'labels']);

const modelSchema = z.strictObject({
  path,
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable()
    .default(null),
});

const validationSchema = z.union([
  z.strictObject({ fraction: z.number().gt(0).lt(1) }),
  z.strictObject({ path }),
  z.literal('none'),
]);

export const datasetSchema = z.strictObject({
  path: z.union([path, z.array(path).min(1)]),
  format: z
    .enum(['auto', 'messages', 'sharegpt', 'alpaca', 'prompt-completion', 'text', 'tokenized'])
    .default('auto'),
  columns: z.partialRecord(columnName, z.string()).default({}),
  roles: z.record(z.string(), roleName).default({}),
  systemPrompt: z.string().nullable().default(null),
  limit: positiveInt.nullable().default(null),
  onInvalidRow: z.enum(['drop', 'stop']).default('drop'),
  duplicates: z.enum(['keep', 'drop']).default('keep'),
  systemRole: z.enum(['keep', 'merge']).default('keep'),
  validation: validationSchema.default({ fraction: 0.05 }),
});

const templateSchema = z.strictObject({
  source: z.enum(['model', 'preset', 'file']).default('model'),
  preset: z.string().nullable().default(null),
  path: path.nullable().default(null),
  variables: z.record(z.string(), z.json()).default({}),
  parseSpecialInContent: z.boolean().default(false),
  eosToken: z.union([z.string(), z.int()]).nullable().default(null),
  date: z.iso.date().nullable().default(null),
});

const maskingSchema = z.strictObject({
  strategy: z.enum(['full', 'assistant', 'last-assistant', 'completion', 'markers']).default('assistant'),
  trainOnEndOfTurn: z.boolean().default(true),
  markers: z
    .strictObject({
      instruction: z.string().nullable().default(null),
      response: z.string().nullable().default(null),
    })
    .prefault({}),
});

const collatorSchema = z.strictObject({
  strategy: z.enum(['pad', 'pack']).default('pad'),
  maxLength: z.int().min(2).default(2048),
  truncation: z.enum(['right', 'left', 'drop', 'prompt-first']).default('right'),
  groupByLength: z.boolean().default(false),
});

const adapterSchema = z.strictObject({
  rank: z.int().min(1).max(1024).default(16),
  alpha: z.number().gt(0).default(32),
  dropout: share.default(0),
  rsLora: z.boolean().default(false),
  targetModules: z
    .array(z.string())
    .min(1)
    .default([...TARGET_MODULES]),
  layers: z.union([z.literal('all'), z.strictObject({ last: positiveInt })]).default('all'),
  init: path.nullable().default(null),
});

const trainingSchema = z.strictObject({
  epochs: z.number().gt(0).default(3),
  maxSteps: positiveInt.nullable().default(null),
  batchSize: positiveInt.default(2),
  gradientAccumulationSteps: positiveInt.default(8),
  learningRate: z.number().gt(0).default(2e-4),
  scheduler: z.enum(['constant', 'linear', 'cosine']).default('cosine'),
  warmupSteps: count.default(10),
  optimizer: z.enum(['adamw', 'sgd']).default('adamw'),
  betas: z.tuple([share, share]).default([0.9, 0.999]),
  epsilon: z.number().gt(0).default(1e-8),
  weightDecay: z.number().min(0).default(0),
  maxGradNorm: z.number().min(0).default(1),
  neftuneAlpha: z.number().min(0).default(0),
  gradientCheckpointing: z.enum(['auto', 'on', 'off']).default('auto'),
  seed: z.int().min(0).max(4294967295).default(42),
  shuffle: z.boolean().default(true),
  evaluateEverySteps: count.default(50),
  checkpointEverySteps: count.default(50),
  keepCheckpoints: positiveInt.default(2),
  earlyStoppingPatience: count.default(0),
  sampleEverySteps: count.default(0),
  samplePrompts: z.array(z.string()).default([]),
});

const preflightSchema = z.strictObject({
  allow: z
    .array(z.string().refine(id => id !== 'labels.none', 'labels.none can never be overridden'))
    .default([]),
});

const deviceSchema = z.strictObject({
  backend: z.enum(['auto', 'cpu', 'vulkan', 'cuda', 'metal']).default('auto'),
  threads: z.int().min(1).max(1024).nullable().default(null),
});

const outputSchema = z.strictObject({ directory: path.nullable().default(null) });

export const recipeSchema = z.strictObject({
  version: z.literal(1),
  name: z.string().min(1).max(200).default('untitled'),
  model: modelSchema,
  dataset: datasetSchema,
  template: templateSchema.prefault({}),
  masking: maskingSchema.prefault({}),
  collator: collatorSchema.prefault({}),
  adapter: adapterSchema.prefault({}),
  training: trainingSchema.prefault({}),
  preflight: preflightSchema.prefault({}),
  device: deviceSchema.prefault({}),
  output: outputSchema.prefault({}),
});

/** A recipe with every default filled in. */
export type Recipe = z.infer<typeof recipeSchema>;
/** A recipe as written: everything with a default may be left out. */
export type RecipeInput = z.input<typeof recipeSchema>;
