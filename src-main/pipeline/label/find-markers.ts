/** Masking by marker texts: what lies between a response marker and the next instruction marker is trained. */
import type { RenderedText, Span } from '../../../src-shared/domain/template.ts';

export interface Markers {
  readonly instruction: string | null;
  readonly response: string | null;
}

/**
 * Trained spans; empty where the response marker is not in the text. Markers are matched as text, so
 * that it does not matter how they fall into tokens; one that the row's own content spells does not
 * count.
 *
 *     "<u>hi<a>yo<u>"  with <u> and <a>  →  the span of "yo"
 */
export function findMarkedSpans(text: string, contentSpans: readonly Span[], markers: Markers): Span[] {
  const { instruction, response } = markers;
  if (!response) return [];
  const spans: Span[] = [];
  let from = 0;
  while (from <= text.length) {
    const at = findOutside(text, response, from, contentSpans);
    if (at < 0) break;
    const start = at + response.length;
    const next = findOutside(text, instruction ?? response, start, contentSpans);
    const end = next < 0 ? text.length : next;
    if (end > start) spans.push({ start, end });
    if (next < 0) break;
    from = Math.max(end, start);
  }
  return spans;
}

/** The marker that nothing outside the row's own words spells; null where both are there. */
export function missingMarker(
  text: string,
  contentSpans: readonly Span[],
  { instruction, response }: Markers,
): string | null {
  const isMissing = (marker: string | null) =>
    marker !== null && findOutside(text, marker, 0, contentSpans) < 0;
  if (isMissing(response)) return response;
  return isMissing(instruction) ? instruction : null;
}

function findOutside(text: string, marker: string, from: number, content: readonly Span[]): number {
  for (let at = text.indexOf(marker, from); at >= 0; at = text.indexOf(marker, at + 1)) {
    const end = at + marker.length;
    if (!content.some(span => span.start <= at && end <= span.end)) return at;
  }
  return -1;
}

/**
 * Markers that fit rendered rows whose turns are known: what the template prints before each answer
 * and before each question, as far as all of them have it in common. Null where nothing is common.
 * `endTexts` (texts of end-of-generation tokens) close the turn before and belong to no marker.
 */
export function proposeMarkers(
  rows: readonly RenderedText[],
  endTexts: readonly string[] = [],
): Markers | null {
  const responses: string[] = [];
  const instructions: string[] = [];
  for (const { text, spans, contentSpans } of rows) {
    const isAnswer = (span: Span) => spans.some(turn => turn.start < span.end && span.start < turn.end);
    for (const turn of spans) {
      const before = contentSpans.findLast(span => span.end <= turn.start);
      if (!before) continue;
      responses.push(withoutEnd(text.slice(before.end, turn.start), endTexts));
      const question = contentSpans.findLast(span => span.end <= turn.start && !isAnswer(span));
      if (!question) continue;
      const previous = contentSpans.findLast(span => span.end <= question.start);
      const ended = spans.findLast(span => span.end <= question.start);
      const from = Math.max(previous?.end ?? 0, ended?.end ?? 0);
      instructions.push(withoutEnd(text.slice(from, question.start), endTexts));
    }
  }
  const response = commonEnd(responses);
  const instruction = commonEnd(instructions);
  if (response.trim() === '') return null;
  return {
    response,
    instruction: instruction.trim() === '' || instruction === response ? null : instruction,
  };
}

function withoutEnd(gap: string, endTexts: readonly string[]): string {
  const trimmed = gap.trimStart();
  const end = endTexts.find(text => text !== '' && trimmed.startsWith(text));
  return end === undefined ? gap : trimmed.slice(end.length).replace(/^\n/, '');
}

function commonEnd(texts: readonly string[]): string {
  let common = texts[0] ?? '';
  for (const text of texts) {
    while (common !== '' && !text.endsWith(common)) common = common.slice(1);
  }
  return common;
}
