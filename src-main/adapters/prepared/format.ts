/**
 * The prepared dataset on disk: what inspector, preflight and trainer all read, so that what is seen
 * is what trains. Little-endian; every part starts at a multiple of 8 bytes.
 *
 *     header   64 bytes   magic "LUTHDATA", version, offsets and sizes of the other parts
 *     records             per example: inputIds int32[n], labels int32[n], problem text UTF-8
 *     index    40 bytes per example, in file order
 *     meta                JSON: hashes, counts, options (see PreparedMeta)
 *
 * The header is written last, over zeros, and the file is renamed into place after a sync: a file
 * with a good header is whole.
 */
import { z } from 'zod';
import { preflightReportSchema } from '../../../src-shared/domain/preflight.ts';
import { hashesSchema } from '../../../src-shared/domain/training.ts';

export const MAGIC = 'LUTHDATA';
/** Raised with every change of layout, and of anything that makes other labels or another report from the same input. */
export const VERSION = 8;
export const HEADER_BYTES = 64;
export const INDEX_ENTRY_BYTES = 40;

export const preparedMetaSchema = z.object({
  /** All records: those of the data files first, then those of a validation file. */
  examples: z.number(),
  dataExamples: z.number(),
  trainingExamples: z.number(),
  padId: z.number(),
  hashes: hashesSchema,
  /** What preflight says of the data; what depends on the run is added when it is shown. */
  report: preflightReportSchema.pick({ totals: true, checks: true }),
});
export type PreparedMeta = z.infer<typeof preparedMetaSchema>;

/** Which part of the data an example belongs to. */
export type Split = 'training' | 'validation' | 'dropped';
export const SPLITS = ['training', 'validation', 'dropped'] as const satisfies readonly Split[];
