/** A collated micro-batch: rectangular, row-major `[batchSize, length]`, padded at the rows' ends. */

export interface MicroBatch {
  readonly batchSize: number;
  readonly length: number;
  readonly inputIds: Int32Array;
  readonly labels: Int32Array;
  readonly positionIds: Int32Array;
  /** Which sequence of its row a token belongs to, counted from 0; -1 on padding. */
  readonly sequenceIds: Int32Array;
  /** Tokens without padding. */
  readonly tokens: number;
  readonly trainableTokens: number;
}
