/**
 * Tokens and trained spans → labels. A token is trained where any of its bytes lies in a trained span;
 * one without bytes (a SentencePiece space) where its place does.
 *
 *     tokens [<user> hi <asst> yo <end>], span over "yo<end>"  →  [-100 -100 -100 yo <end>]
 */
import { IGNORE_INDEX } from '../../../src-shared/domain/labels.ts';
import type { Span } from '../../../src-shared/domain/template.ts';
import type { TokenizedText } from '../tokenize/tokenize-rendered.ts';

export interface EndOfTurn {
  readonly train: boolean;
  readonly endOfGenerationIds: ReadonlySet<number>;
  /** Where an end token is the row's own words, and stays trained. */
  readonly contentSpans: readonly Span[];
}

/** Labels for the trained spans of a text. `train: false` takes the end tokens out of them. */
export function labelTokens(
  text: string,
  tokenized: TokenizedText,
  trainedSpans: readonly Span[],
  endOfTurn: EndOfTurn,
): Int32Array {
  const { inputIds, starts, ends } = tokenized;
  const labels = new Int32Array(inputIds.length).fill(IGNORE_INDEX);
  const bytesAt = byteOffsets(text);
  const content = endOfTurn.train ? [] : endOfTurn.contentSpans.map(span => bytesOf(span, bytesAt));
  const spans = trainedSpans.filter(span => span.end > span.start).map(span => bytesOf(span, bytesAt));
  let first = 0;
  for (const span of spans) {
    while (first < inputIds.length && (ends[first] ?? 0) < span.start) first++;
    for (let i = first; i < inputIds.length; i++) {
      const [id, start, end] = [inputIds[i] ?? 0, starts[i] ?? 0, ends[i] ?? 0];
      if (start >= span.end) break;
      if (start === end ? start < span.start : end <= span.start) continue;
      const isEnd = !endOfTurn.train && endOfTurn.endOfGenerationIds.has(id);
      if (isEnd && !content.some(own => start >= own.start && end <= own.end)) continue;
      labels[i] = id;
    }
  }
  return labels;
}

function bytesOf(span: Span, bytesAt: (at: number) => number): Span {
  return { start: bytesAt(span.start), end: bytesAt(span.end) };
}

/** UTF-16 offsets to UTF-8 byte offsets. */
function byteOffsets(text: string): (at: number) => number {
  if (Buffer.byteLength(text, 'utf8') === text.length) return at => at;
  return at => Buffer.byteLength(text.slice(0, at), 'utf8');
}
