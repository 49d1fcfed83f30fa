/** What a data file or a model file holds, as the studio shows it before anything is prepared. */
import { z } from 'zod';

export const mappingSchema = z.object({
  format: z.object({ name: z.string(), reason: z.string() }),
  columns: z.record(z.string(), z.object({ column: z.string(), reason: z.string() })),
  /** `role` is null for a name that is not mapped. */
  roles: z.record(z.string(), z.object({ role: z.string().nullable(), reason: z.string() })),
});

/** Details of an error about rows whose columns nobody knows: the names that they have, and which may be meant. */
export const unknownColumnsSchema = z.object({
  columns: z.array(z.string()),
  proposal: z.object({ prompt: z.string(), completion: z.string() }).nullable(),
});
export type UnknownColumns = z.infer<typeof unknownColumnsSchema>;

export const inspectionSchema = z.object({
  format: z.string().nullable(),
  /** Of all files together. */
  rows: z.number(),
  /** In the order in which their rows are counted. */
  files: z.array(z.object({ path: z.string(), rows: z.number() })),
  conversations: z.number(),
  columns: z.array(z.string()),
  roles: z.record(z.string(), z.number()),
  problems: z.array(z.object({ row: z.number(), line: z.number(), code: z.string(), message: z.string() })),
  problemCount: z.number(),
  mapping: mappingSchema,
  warnings: z.array(z.object({ code: z.string(), message: z.string(), count: z.number() })),
});
export type DataInspection = z.infer<typeof inspectionSchema>;

/** One row as it stands in the file, and what was made of it. Long texts are shortened for the list. */
export const dataRowSchema = z.object({
  row: z.number(),
  line: z.number(),
  /** Column → its value as text; empty where the row cannot be read. */
  cells: z.record(z.string(), z.string()),
  messages: z.array(z.object({ role: z.string(), content: z.string(), trained: z.boolean() })),
  /** Why the row cannot be used; null where it can. */
  problem: z.object({ code: z.string(), message: z.string() }).nullable(),
});
export type DataRow = z.infer<typeof dataRowSchema>;

/** A GGUF file of this machine; what it does not say, or cannot be read of it, is null. */
export const listedModelSchema = z.object({
  path: z.string(),
  name: z.string(),
  architecture: z.string().nullable(),
  parameters: z.number().nullable(),
  quantization: z.string().nullable(),
  contextLength: z.number().nullable(),
  trainable: z.boolean(),
  /** Why it cannot be trained; null where it can. */
  reason: z.string().nullable(),
});
export type ListedModel = z.infer<typeof listedModelSchema>;

export const modelFactsSchema = z.object({
  path: z.string(),
  name: z.string(),
  architecture: z.string(),
  parameters: z.number(),
  quantization: z.string(),
  fileBytes: z.number(),
  weightBytes: z.number(),
  contextLength: z.number(),
  layers: z.number(),
  vocabularySize: z.number(),
  vocabularyOnly: z.boolean(),
  hasTemplate: z.boolean(),
  /** Text of the token that ends a text; null where the vocabulary names none. */
  endToken: z.string().nullable(),
  targetModules: z.array(z.string()),
  untrainableReason: z.string().nullable(),
});
export type ModelFacts = z.infer<typeof modelFactsSchema>;
