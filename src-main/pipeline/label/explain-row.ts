/**
 * A row with the state of every token and its reason, the cut ones included. Labels come from
 * `labelRow` alone; what is added here is only why they are as they are.
 */
import type { Message, Row } from '../../../src-shared/domain/conversation.ts';
import type { TokenReason, TokenRun } from '../../../src-shared/domain/explained-row.ts';
import { IGNORE_INDEX, type LabelledExample } from '../../../src-shared/domain/labels.ts';
import type { Span } from '../../../src-shared/domain/template.ts';
import { joinPair, type LabelOptions, labelRow, truncationOf } from '../label-row.ts';
import { tokenizeRendered } from '../tokenize/tokenize-rendered.ts';
import { keptSpans } from '../truncate-example.ts';
import { type MaskedDialogue, maskDialogue } from './label-conversation.ts';

export interface ExplainedRow {
  /** As the trainer gets it. */
  readonly example: LabelledExample;
  /** All tokens, those beyond `maxLength` included. */
  readonly inputIds: Int32Array;
  readonly runs: readonly TokenRun[];
  /** A text longer than `maxLength` makes several examples. */
  readonly parts: number;
}

interface Why {
  readonly message: number;
  readonly role: string;
  readonly reason: TokenReason;
}

/** `part` counts the examples of a row from 0; one beyond the last gives the last. */
export function explainRow(row: Row, options: LabelOptions, part: number): ExplainedRow {
  const examples = labelRow(row, options);
  const example = examples[Math.min(part, examples.length - 1)] ?? examples[0];
  const splits = row.kind === 'text';
  const [whole] = splits ? [example] : labelRow(row, { ...options, maxLength: Number.MAX_SAFE_INTEGER });
  const why = explainTokens(row, whole, options);
  const kept = splits ? [{ start: 0, end: whole.inputIds.length }] : keptSpans(whole, truncationOf(options));
  return { example, inputIds: whole.inputIds, runs: runsOf(whole, kept, why), parts: examples.length };
}

function runsOf(whole: LabelledExample, kept: readonly Span[], why: (token: number) => Why): TokenRun[] {
  const runs: TokenRun[] = [];
  for (let i = 0; i < whole.inputIds.length; i++) {
    const isCut = !kept.some(({ start, end }) => i >= start && i < end);
    const isTrained = whole.labels[i] !== IGNORE_INDEX;
    const { message, role, reason: own } = why(i);
    const isFirst = i === kept[0]?.start;
    const state = isCut ? 'cut' : isTrained && !isFirst ? 'trained' : 'masked';
    const reason = isCut
      ? isTrained
        ? 'cutTrained'
        : 'cutContext'
      : isTrained && isFirst
        ? 'firstToken'
        : own;
    const last = runs.at(-1);
    if (
      last &&
      last.state === state &&
      last.reason === reason &&
      last.message === message &&
      last.role === role
    )
      runs[runs.length - 1] = { ...last, to: i + 1 };
    else runs.push({ from: i, to: i + 1, state, reason, message, role });
  }
  return runs;
}

function explainTokens(row: Row, whole: LabelledExample, options: LabelOptions): (token: number) => Why {
  const isTrained = (i: number) => whole.labels[i] !== IGNORE_INDEX;
  const plain = (reason: (i: number) => TokenReason, role: (i: number) => string) => (i: number) => ({
    message: -1,
    role: role(i),
    reason: reason(i),
  });
  switch (row.kind) {
    case 'tokenized':
      return plain(
        i => (isTrained(i) ? 'ownLabel' : 'ownMask'),
        () => 'tokens',
      );
    case 'text':
      return plain(
        i => (isTrained(i) ? 'text' : options.masking === 'markers' ? 'outsideMarkers' : 'endOff'),
        () => 'text',
      );
    case 'pair': {
      const border = whole.labels.findIndex(label => label !== IGNORE_INDEX);
      return plain(
        i => (isTrained(i) ? 'completion' : i > border && border >= 0 ? 'endOff' : 'prompt'),
        i => (border >= 0 && i >= border ? 'completion' : 'prompt'),
      );
    }
    case 'conversation':
      return explainDialogue({ conversation: row.conversation, promptLength: null }, whole, options);
    case 'message-pair':
      return explainDialogue(joinPair(row), whole, options);
    default:
      return plain(
        () => 'notLabelled',
        () => '',
      );
  }
}

function explainDialogue(
  dialogue: Parameters<typeof maskDialogue>[0],
  whole: LabelledExample,
  options: LabelOptions,
): (token: number) => Why {
  const unknown = () => ({ message: -1, role: '', reason: 'notLabelled' as const });
  if (!options.template) return unknown;
  const masked = maskDialogue(dialogue, options);
  if (!masked.ok) return unknown;
  const { text, contentSpans } = masked.value.rendered;
  const tokens = tokenizeRendered(options.tokenizer, text, contentSpans, options.parseSpecialInContent);
  if (!tokens.ok || tokens.value.inputIds.length !== whole.inputIds.length) return unknown;
  const { starts, ends } = tokens.value;
  const { messages } = dialogue.conversation;
  const inBytes = byteSpans(text);
  const content = ownersOf(starts, ends, contentSpans, inBytes);
  const turns = ownersOf(starts, ends, masked.value.rendered.spans, inBytes);
  const owners = fillBetween(content, turns, whole.inputIds, options);
  return i => {
    const message = owners[i] ?? -1;
    const speaker = messages[message];
    const isTrained = whole.labels[i] !== IGNORE_INDEX;
    const isEnd = options.tokenizer.endOfGenerationIds.has(whole.inputIds[i] ?? -1);
    const reason = isTrained
      ? trainedReason(options, masked.value)
      : maskedReason(speaker, (content[i] ?? -1) >= 0, (turns[i] ?? -1) >= 0, isEnd, options);
    return { message, role: speaker?.role ?? '', reason };
  };
}

function trainedReason({ masking }: LabelOptions, { method }: MaskedDialogue): TokenReason {
  if (masking === 'full') return 'text';
  return masking === 'completion' || method === 'offsets' ? 'completion' : 'answer';
}

function maskedReason(
  speaker: Message | undefined,
  isContent: boolean,
  isTurn: boolean,
  isEnd: boolean,
  { masking, trainOnEndOfTurn }: LabelOptions,
): TokenReason {
  if (speaker?.trained === false) return 'rowSaysNo';
  if (masking === 'markers') return 'outsideMarkers';
  if (isEnd && isTurn && !trainOnEndOfTurn) return 'endOff';
  if (masking === 'completion') return 'prompt';
  if (speaker?.role === 'assistant' && isTurn) return 'earlierAnswer';
  if (speaker?.role === 'assistant' || !isContent) return 'templateText';
  return 'otherRole';
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
