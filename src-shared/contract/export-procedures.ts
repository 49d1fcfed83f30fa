/** The procedures of the export panel: what an export would take, and the export itself. */
import { z } from 'zod';
import { exportVerificationSchema, MERGED_TYPES } from '../domain/export.ts';

const path = z.string().min(1).max(4096);

export const exportChoiceSchema = z.strictObject({
  id: z.string().min(1).max(100),
  format: z.enum(['gguf-adapter', 'gguf', 'peft', 'ollama', 'trl']),
  /** Without meaning for `trl`. */
  model: z.enum(['tuned', 'best']),
  /** Of a merged model's weights. */
  weightType: z.enum(MERGED_TYPES),
  /** Null: the home folder of the user. */
  folder: path.nullable(),
  /** Of the file or folder that is made in it; null: by the name of the run. */
  name: z.string().min(1).max(255).nullable(),
});
export type ExportChoice = z.infer<typeof exportChoiceSchema>;

export const exportPlanSchema = z.object({
  folder: z.string(),
  name: z.string(),
  /** Both together. */
  target: z.string(),
  isFolderThere: z.boolean(),
  /** Something has this name already; it is only replaced with `replace`. */
  isTaken: z.boolean(),
  /** On the disk while it is written; null where that is known only after the data was prepared. */
  neededBytes: z.number().nullable(),
  /** Null where the system does not say. */
  freeBytes: z.number().nullable(),
  hasSpace: z.boolean(),
});
export type ExportPlan = z.infer<typeof exportPlanSchema>;

export const exportReportSchema = z.object({
  files: z.array(z.object({ path: z.string(), bytes: z.number(), sha256: z.string() })).readonly(),
  verification: exportVerificationSchema,
});

export const EXPORT_PROCEDURES = {
  /** Writes nothing. Errors: `run.notFound`, `run.noAdapter`, `export.wrongPlace`, `export.sourceMissing`. */
  'export.plan': { input: exportChoiceSchema, output: exportPlanSchema },
  /**
   * Answers when the files are verified and in place; withdrawn before, it leaves what was there. `workId` names the
   * progress on `work.progress`. Errors: those of `export.plan`, `export.exists`, `export.noSpace`, `export.noFolder`,
   * `export.differs`, `compute.busy`, `file.writeFailed`, `job.cancelled`.
   */
  'export.start': {
    input: exportChoiceSchema.extend({ replace: z.boolean(), workId: z.string().min(1).max(100) }),
    output: exportReportSchema,
  },
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;
