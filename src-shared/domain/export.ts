/** A run's result as files for other programs. */
import { z } from 'zod';

export const EXPORT_FORMATS = ['gguf-adapter', 'gguf', 'peft', 'ollama', 'trl'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];
/** Formats that hold what was trained; `trl` holds what it is trained on. */
export type ModelFormat = Exclude<ExportFormat, 'trl'>;

/**
 * Types of a merged model's weights with the bits that one takes, scales included. Those below BF16 are llama.cpp's
 * quantizations that need no importance matrix; some tensors get a larger type than the name says.
 */
export const WEIGHT_BITS = {
  F32: 32,
  F16: 16,
  BF16: 16,
  Q8_0: 8.5,
  Q6_K: 6.6,
  Q5_K_M: 5.8,
  Q5_K_S: 5.6,
  Q5_1: 6,
  Q5_0: 5.5,
  Q4_K_M: 4.9,
  Q4_K_S: 4.6,
  Q4_1: 5,
  Q4_0: 4.5,
  IQ4_NL: 4.6,
  IQ4_XS: 4.3,
  Q3_K_L: 4.3,
  Q3_K_M: 3.9,
  Q3_K_S: 3.5,
  IQ3_M: 3.7,
  IQ3_S: 3.5,
  Q2_K: 3.2,
} as const;
export type WeightType = keyof typeof WEIGHT_BITS;
/** `keep`: each weight as it is in the base. */
export type MergedType = WeightType | 'keep';
export const MERGED_TYPES = ['keep', ...(Object.keys(WEIGHT_BITS) as WeightType[])] as const;

/** How an export that was loaded again compares with base and adapter on a fixed text. */
const predictionsVerificationSchema = z.object({
  kind: z.literal('predictions'),
  tokens: z.number(),
  /** The largest difference of a log probability, in nats, among those of at least e⁻¹². */
  largestDifference: z.number(),
  /** Mean Kullback-Leibler divergence from base and adapter to the export, in nats a token. */
  divergence: z.number(),
  /** Share of positions, 0 to 1, whose likeliest token is the same. */
  sameChoice: z.number(),
});
export type PredictionsVerification = z.infer<typeof predictionsVerificationSchema>;

/** The rows that were written, read again: ids and labels are those that were trained, token by token. */
const labelsVerificationSchema = z.object({
  kind: z.literal('labels'),
  examples: z.number(),
  tokens: z.number(),
});
export type LabelsVerification = z.infer<typeof labelsVerificationSchema>;

export const exportVerificationSchema = z.discriminatedUnion('kind', [
  predictionsVerificationSchema,
  labelsVerificationSchema,
]);
export type ExportVerification = z.infer<typeof exportVerificationSchema>;
