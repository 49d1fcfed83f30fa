/** A row → the labelled examples that the trainer will see: the whole way, one function per arrow. */
import { assertNever } from '../../src-shared/domain/assert-never.ts';
import type { Row } from '../../src-shared/domain/conversation.ts';
import {
  countTrainableTokens,
  type DropReason,
  IGNORE_INDEX,
  type LabelledExample,
  type LabelTrace,
} from '../../src-shared/domain/labels.ts';
import { labelDialogue } from './label/label-conversation.ts';
import { labelPair, labelText } from './label/label-text.ts';
import { dropRow, type Labelled, type MaskingOptions } from './label/labelled.ts';
import { type TruncationOptions, truncateExample } from './truncate-example.ts';

export interface LabelOptions extends MaskingOptions, Omit<TruncationOptions, 'bosId'> {}

/**
 * One example, save for text longer than `maxLength`, which makes several, one behind the other. Never
 * throws for what is in the row: a row that cannot be trained on is dropped with its reason.
 */
export function labelRow(row: Row, options: LabelOptions): [LabelledExample, ...LabelledExample[]] {
  const labelled = labelsOf(row, options);
  if (row.kind !== 'text' || labelled.dropped) return [finish(row, labelled, options)];
  const [first, ...rest] = splitText(labelled, options.maxLength).map(piece => finish(row, piece, options));
  return [first ?? finish(row, labelled, options), ...rest];
}

/** Pieces of at most `maxLength` tokens; the last never holds one token alone, which nothing would predict. */
function splitText(labelled: Labelled, maxLength: number): Labelled[] {
  const { inputIds, labels } = labelled;
  const pieces: Labelled[] = [];
  for (let from = 0; from < inputIds.length || from === 0; ) {
    const left = inputIds.length - from;
    const length = left === maxLength + 1 && maxLength > 2 ? maxLength - 1 : Math.min(left, maxLength);
    const to = from + Math.max(1, length);
    pieces.push({ ...labelled, inputIds: inputIds.slice(from, to), labels: labels.slice(from, to) });
    from = to;
  }
  return pieces;
}

function finish(row: Row, labelled: Labelled, options: LabelOptions): LabelledExample {
  const before = countTrainableTokens(labelled.labels);
  const cut = truncateExample(labelled, truncationOf(options));
  const trainable = countTrainableTokens(cut.labels);
  const example = {
    row: row.row,
    line: row.line,
    inputIds: cut.inputIds,
    labels: cut.labels,
    truncatedTokens: cut.truncatedTokens,
    method: labelled.method,
    findings: [...new Set([...row.findings, ...labelled.findings])],
    trace: traceOf(row, labelled, before),
  };
  if (labelled.dropped) return { ...example, dropped: labelled.dropped, problem: labelled.problem };
  if (cut.dropped) {
    return {
      ...example,
      dropped: 'truncated',
      problem: `${labelled.inputIds.length} tokens are over the limit.`,
    };
  }
  if (trainable > 0) return { ...example, dropped: null, problem: '' };
  if (before > 0) {
    const place = options.truncation === 'left' ? 'in front of the last' : 'behind the first';
    const problem = `All ${before} trained tokens lie ${place} ${options.maxLength} and were cut off.`;
    return { ...example, dropped: 'truncated', problem };
  }
  return { ...example, ...whyNothingTrains(row) };
}

export function truncationOf({ maxLength, truncation, tokenizer }: LabelOptions): TruncationOptions {
  return { maxLength, truncation, bosId: tokenizer.bosId };
}

function traceOf(row: Row, { inputIds, labels, proof }: Labelled, trainable: number): LabelTrace {
  const isTrained = (label: number, i: number) => i > 0 && label !== IGNORE_INDEX;
  return {
    uncutTokens: inputIds.length,
    uncutTrainable: trainable,
    firstTrained: labels.findIndex(isTrained),
    lastTrained: labels.findLastIndex(isTrained),
    proof,
    code: row.kind === 'invalid' ? row.code : null,
  };
}

function labelsOf(row: Row, options: MaskingOptions): Labelled {
  switch (row.kind) {
    case 'invalid':
      return dropRow('invalid', row.message);
    case 'tokenized':
      return fromIds(row.inputIds, row.labels, options.tokenizer.vocabularySize);
    case 'conversation':
      return labelDialogue({ conversation: row.conversation, promptLength: null }, options);
    case 'message-pair':
      return labelDialogue(joinPair(row), options);
    case 'pair':
      return labelPair(row.prompt, row.completion, options);
    case 'text':
      return labelText(row.text, options);
    default:
      return assertNever(row);
  }
}

/** Prompt and completion as one conversation that remembers where the prompt ends. */
export function joinPair({ prompt, completion }: Extract<Row, { kind: 'message-pair' }>) {
  return {
    conversation: { ...prompt, messages: [...prompt.messages, ...completion] },
    promptLength: prompt.messages.length,
  };
}

function fromIds(ids: readonly number[], labels: readonly number[], vocabularySize: number): Labelled {
  const outside = ids.find(id => id < 0 || id >= vocabularySize);
  if (outside !== undefined) {
    return dropRow('invalid', `Token id ${outside} is outside the model's vocabulary of ${vocabularySize}.`);
  }
  return {
    inputIds: Int32Array.from(ids),
    labels: Int32Array.from(labels),
    method: 'none',
    dropped: null,
    problem: '',
    findings: [],
    proof: null,
  };
}

function whyNothingTrains(row: Row): { dropped: DropReason; problem: string } {
  const messages =
    row.kind === 'conversation'
      ? row.conversation.messages
      : row.kind === 'message-pair'
        ? row.completion
        : null;
  if (messages && !messages.some(message => message.role === 'assistant')) {
    return { dropped: 'noAssistant', problem: 'The conversation has no assistant message.' };
  }
  if (messages?.every(message => message.role !== 'assistant' || message.trained === false)) {
    return { dropped: 'noTrainableTokens', problem: 'The row says that none of its answers is trained.' };
  }
  return { dropped: 'noTrainableTokens', problem: whyNoLabel(row) };
}

function whyNoLabel(row: Row): string {
  if (row.kind !== 'tokenized') return 'No token of the row is trained.';
  const [first] = row.labels;
  return first === undefined || first === IGNORE_INDEX
    ? 'Every label is -100.'
    : 'Its only label stands at index 0, where nothing predicts it.';
}
