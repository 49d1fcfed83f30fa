/**
 * A row with the state of every token and its reason, the cut ones included. Labels come from
 * `labelRow` alone; what is added here is only why they are as they are, and what each check of the row points at.
 */
import type { Message, Row } from '../../../src-shared/domain/conversation.ts';
import type { CheckPlaces, TokenReason, TokenRun } from '../../../src-shared/domain/explained-row.ts';
import { IGNORE_INDEX, type LabelledExample } from '../../../src-shared/domain/labels.ts';
import type { Span } from '../../../src-shared/domain/template.ts';
import { type LabelOptions, labelRow, truncationOf } from '../label-row.ts';
import { keptSpans } from '../truncate-example.ts';
import type { MaskedDialogue } from './label-conversation.ts';
import { locateFindings } from './locate-findings.ts';
import { dialogueOf, type PlacedDialogue, placeDialogue } from './place-dialogue.ts';

export interface ExplainedRow {
  /** As the trainer gets it. */
  readonly example: LabelledExample;
  /** All tokens, those beyond `maxLength` included. */
  readonly inputIds: Int32Array;
  readonly runs: readonly TokenRun[];
  /** A text longer than `maxLength` makes several examples. */
  readonly parts: number;
  /** What the checks that concern the row point at. */
  readonly places: CheckPlaces;
}

interface Why {
  readonly message: number;
  readonly role: string;
  readonly reason: TokenReason;
}

/**
 * `part` counts the examples of a row from 0; one beyond the last gives the last. `contextLength`: of the model; 0
 * where its file does not say.
 */
export function explainRow(
  row: Row,
  options: LabelOptions,
  part: number,
  contextLength: number,
): ExplainedRow {
  const examples = labelRow(row, options);
  const example = examples[Math.min(part, examples.length - 1)] ?? examples[0];
  const [uncut] = labelRow(row, { ...options, maxLength: Number.MAX_SAFE_INTEGER });
  const dialogue = dialogueOf(row);
  const placed = dialogue && placeDialogue(dialogue, uncut, options);
  const splits = row.kind === 'text';
  const whole = splits ? example : uncut;
  const kept = splits ? [{ start: 0, end: whole.inputIds.length }] : keptSpans(whole, truncationOf(options));
  const why = explainTokens(row, whole, options, placed);
  return {
    example,
    inputIds: whole.inputIds,
    runs: runsOf(whole, kept, why),
    parts: examples.length,
    places: locateFindings({ row, examples, uncut, placed, options, contextLength }),
  };
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

function explainTokens(
  row: Row,
  whole: LabelledExample,
  options: LabelOptions,
  placed: PlacedDialogue | null,
): (token: number) => Why {
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
    case 'message-pair':
      return explainDialogue(placed, whole, options);
    default:
      return plain(
        () => 'notLabelled',
        () => '',
      );
  }
}

function explainDialogue(
  placed: PlacedDialogue | null,
  whole: LabelledExample,
  options: LabelOptions,
): (token: number) => Why {
  if (placed === null) return () => ({ message: -1, role: '', reason: 'notLabelled' as const });
  const { owners, content, turns, masked } = placed;
  const { messages } = placed.dialogue.conversation;
  return i => {
    const message = owners[i] ?? -1;
    const speaker = messages[message];
    const isTrained = whole.labels[i] !== IGNORE_INDEX;
    const isEnd = options.tokenizer.endOfGenerationIds.has(whole.inputIds[i] ?? -1);
    const reason = isTrained
      ? trainedReason(options, masked)
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
