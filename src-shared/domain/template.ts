/** Text that a chat template made, with the spans that the model itself would have generated. */

/** `start` inclusive, `end` exclusive, in UTF-16 code units of the text, as `String.prototype.slice` counts. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A part of the text that came from the row. */
export interface ContentSpan extends Span {
  /** Index of the message; -1 where it is none or cannot be told. */
  readonly message: number;
}

export interface RenderedSpan extends Span {
  readonly role: string;
  readonly trained: boolean;
}

/** How the spans of an example were found; `none` where nothing marked them. */
export type SpanMethod = 'tags' | 'sentinels' | 'markers' | 'offsets' | 'none';

export interface RenderedText {
  readonly text: string;
  /** In text order, not overlapping. */
  readonly spans: readonly RenderedSpan[];
  readonly method: SpanMethod;
  /** Parts of the text that came from the dataset's content, where special tokens are not parsed. */
  readonly contentSpans: readonly ContentSpan[];
}
