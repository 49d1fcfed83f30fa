/** A dialogue's tokens with the message that each belongs to. */
import type { Row } from '../../../src-shared/domain/conversation.ts';
import type { LabelledExample } from '../../../src-shared/domain/labels.ts';
import type { Span } from '../../../src-shared/domain/template.ts';
import { joinPair, type LabelOptions } from '../label-row.ts';
import { tokenizeRendered } from '../tokenize/tokenize-rendered.ts';
import { type Dialogue, type MaskedDialogue, maskDialogue } from './label-conversation.ts';

/** By token, the index of a message, or -1. */
export interface PlacedDialogue {
  readonly dialogue: Dialogue;
  readonly masked: MaskedDialogue;
  /** Where a token lies in a message's own words. */
  readonly content: Int32Array;
  /** Where it lies in a turn of the model. */
  readonly turns: Int32Array;
  /** With what the template prints around messages: every token has one where any has. */
  readonly owners: Int32Array;
  /** The token at a place of the rendered text, in UTF-16 code units. */
  tokenAt(place: number): number;
}

/** Null for rows that hold no messages. */
export function dialogueOf(row: Row): Dialogue | null {
  if (row.kind === 'message-pair') return joinPair(row);
  return row.kind === 'conversation' ? { conversation: row.conversation, promptLength: null } : null;
}

/** Null where the dialogue cannot be rendered or its spans not be proven. `uncut`: its example before `maxLength`. */
export function placeDialogue(
  dialogue: Dialogue,
  uncut: LabelledExample,
  options: LabelOptions,
): PlacedDialogue | null {
  if (!options.template) return null;
  const masked = maskDialogue(dialogue, options);
  if (!masked.ok) return null;
  const { text, contentSpans, spans } = masked.value.rendered;
  const tokens = tokenizeRendered(options.tokenizer, text, contentSpans, options.parseSpecialInContent);
  if (!tokens.ok || tokens.value.inputIds.length !== uncut.inputIds.length) return null;
  const { starts, ends } = tokens.value;
  const inBytes = byteSpans(text);
  const content = ownersOf(starts, ends, contentSpans, inBytes);
  const turns = ownersOf(starts, ends, spans, inBytes);
  return {
    dialogue,
    masked: masked.value,
    content,
    turns,
    owners: fillBetween(content, turns, uncut.inputIds, options),
    tokenAt: place => tokenAtByte(ends, inBytes({ start: place, end: place }).start),
  };
}

/** The first token that ends behind the byte; the last one where none does. */
export function tokenAtByte(ends: Uint32Array, byte: number): number {
  const token = ends.findIndex(end => end > byte);
  return token < 0 ? Math.max(0, ends.length - 1) : token;
}

/** For each token the message whose span holds it, else -1. Spans are in byte offsets and in text order. */
function ownersOf(
  starts: Uint32Array,
  ends: Uint32Array,
  spans: readonly (Span & { readonly message: number })[],
  inBytes: (span: Span) => Span,
): Int32Array {
  const owners = new Int32Array(starts.length).fill(-1);
  let first = 0;
  for (const span of spans) {
    if (span.end <= span.start || span.message < 0) continue;
    const { start, end } = inBytes(span);
    while (first > 0 && (starts[first] ?? 0) > start) first--;
    while (first < starts.length && (ends[first] ?? 0) <= start) first++;
    for (let i = first; i < starts.length && (starts[i] ?? 0) < end; i++) {
      if ((ends[i] ?? 0) > start) owners[i] = span.message;
    }
  }
  return owners;
}

/**
 * What the template prints between two messages: white space and the token that ends a turn belong to
 * the one before, the header to the one behind.
 */
function fillBetween(
  content: Int32Array,
  turns: Int32Array,
  inputIds: Int32Array,
  { tokenizer }: LabelOptions,
): Int32Array {
  const owners = content.map((owner, i) => (owner >= 0 ? owner : (turns[i] ?? -1)));
  for (let i = 0; i < owners.length; ) {
    if ((owners[i] ?? -1) >= 0) {
      i++;
      continue;
    }
    let to = i;
    while (to < owners.length && (owners[to] ?? -1) < 0) to++;
    const before = i > 0 ? (owners[i - 1] ?? -1) : -1;
    const behind = to < owners.length ? (owners[to] ?? -1) : before;
    let border = i;
    if (before >= 0) {
      const end = inputIds.subarray(i, to).findIndex(id => tokenizer.endOfGenerationIds.has(id));
      if (end >= 0) border = i + end + 1;
      while (border < to && isBlank(tokenizer, inputIds[border] ?? 0)) border++;
    }
    owners.fill(before, i, border);
    owners.fill(behind, border, to);
    i = to;
  }
  return owners;
}

function isBlank(tokenizer: LabelOptions['tokenizer'], id: number): boolean {
  const { bytes } = tokenizer.pieces(Int32Array.of(id));
  return (
    bytes.length > 0 && bytes.every(byte => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09)
  );
}

/** UTF-16 spans to UTF-8 ones; each span costs what lies between it and the one asked for before. */
function byteSpans(text: string): (span: Span) => Span {
  if (Buffer.byteLength(text, 'utf8') === text.length) return span => span;
  let at = 0;
  let bytes = 0;
  const bytesAt = (wanted: number) => {
    bytes +=
      wanted >= at ? Buffer.byteLength(text.slice(at, wanted)) : -Buffer.byteLength(text.slice(wanted, at));
    at = wanted;
    return bytes;
  };
  return ({ start, end }) => ({ start: bytesAt(start), end: bytesAt(end) });
}
