/** A run's result as files for other programs. */

export const EXPORT_FORMATS = ['gguf-adapter'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** How an export that was loaded again compares with base and adapter on a fixed text. */
export interface ExportVerification {
  readonly tokens: number;
  /** The largest difference of a log probability, in nats, among those of at least e⁻¹². */
  readonly largestDifference: number;
  /** Mean Kullback-Leibler divergence from base and adapter to the export, in nats a token. */
  readonly divergence: number;
  /** Share of positions, 0 to 1, whose likeliest token is the same. */
  readonly sameChoice: number;
}
