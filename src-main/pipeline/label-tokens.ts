/**
 * Tokens and trained spans → labels. A token is trained where any of its bytes lies in a trained span.
 *
 *     tokens [<user> hi <asst> yo <end>], span over "yo<end>"  →  [-100 -100 -100 yo <end>]
 */
import { IGNORE_INDEX } from '../../src-shared/domain/labels.ts';
import type { RenderedSpan } from '../../src-shared/domain/template.ts';
import type { TokenizedText } from './tokenize-rendered.ts';

export interface EndOfTurn {
  readonly train: boolean;
  readonly endOfGenerationIds: ReadonlySet<number>;
}

/** Labels for the trained spans of a text. `train: false` takes the end tokens out of them. */
export function labelTokens(
  text: string,
  tokenized: TokenizedText,
  spans: readonly RenderedSpan[],
  endOfTurn: EndOfTurn,
): Int32Array {
  const { inputIds, offsets } = tokenized;
  const labels = new Int32Array(inputIds.length).fill(IGNORE_INDEX);
  const trained = spans
    .filter(span => span.trained && span.end > span.start)
    .map(span => byteSpan(text, span));
  let next = 0;
  for (const { start, end } of trained) {
    while (next < inputIds.length && (offsets[next + 1] ?? 0) <= start) next++;
    for (let i = next; i < inputIds.length && (offsets[i] ?? 0) < end; i++) {
      const id = inputIds[i] ?? IGNORE_INDEX;
      const empty = offsets[i] === offsets[i + 1];
      if (empty || (!endOfTurn.train && endOfTurn.endOfGenerationIds.has(id))) continue;
      labels[i] = id;
    }
  }
  return labels;
}

/** UTF-16 offsets to UTF-8 byte offsets. */
function byteSpan(text: string, span: RenderedSpan): { start: number; end: number } {
  const start = Buffer.byteLength(text.slice(0, span.start), 'utf8');
  return { start, end: start + Buffer.byteLength(text.slice(span.start, span.end), 'utf8') };
}
