/** A row → the labelled example that the trainer will see: the whole way, one function per arrow. */
import type { CodedError } from '../../src-shared/contract/coded-error.ts';
import { assertNever } from '../../src-shared/domain/assert-never.ts';
import type { Row } from '../../src-shared/domain/conversation.ts';
import {
  countTrainableTokens,
  type DropReason,
  IGNORE_INDEX,
  type LabelledExample,
} from '../../src-shared/domain/labels.ts';
import type { SpanMethod } from '../../src-shared/domain/template.ts';
import { labelTokens } from './label-tokens.ts';
import type { Tokenizer } from './ports.ts';
import { type ChatTemplate, renderConversation, type TemplateContext } from './render-conversation.ts';
import { tokenizeRendered } from './tokenize-rendered.ts';
import { type Truncation, truncateExample } from './truncate-example.ts';

export interface LabelOptions {
  readonly tokenizer: Tokenizer;
  /** Null where no row needs one (`format: tokenized`). */
  readonly template: ChatTemplate | null;
  readonly context: TemplateContext;
  readonly masking: 'assistant' | 'full';
  readonly trainOnEndOfTurn: boolean;
  readonly parseSpecialInContent: boolean;
  readonly endTexts: readonly string[];
  readonly maxLength: number;
  readonly truncation: Truncation;
}

interface Labelled {
  readonly inputIds: Int32Array;
  readonly labels: Int32Array;
  readonly method: SpanMethod;
  readonly dropped: DropReason | null;
  readonly problem: string;
}

const EMPTY = new Int32Array(0);

/** Never throws for what is in the row: a row that cannot be trained on is dropped with its reason. */
export function labelRow(row: Row, options: LabelOptions): LabelledExample {
  const labelled = labelsOf(row, options);
  const before = countTrainableTokens(labelled.labels);
  const cut = truncateExample(labelled.inputIds, labelled.labels, options.maxLength, options.truncation);
  const trainable = countTrainableTokens(cut.labels);
  const place = { row: row.row, line: row.line };
  const example = {
    ...place,
    inputIds: cut.inputIds,
    labels: cut.labels,
    truncatedTokens: cut.truncatedTokens,
    method: labelled.method,
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
    const problem = `All ${before} trained tokens lie behind token ${options.maxLength} and were cut off.`;
    return { ...example, dropped: 'truncated', problem };
  }
  return { ...example, ...whyNothingTrains(row) };
}

function labelsOf(row: Row, options: LabelOptions): Labelled {
  switch (row.kind) {
    case 'invalid':
      return { inputIds: EMPTY, labels: EMPTY, method: 'none', dropped: 'invalid', problem: row.message };
    case 'tokenized':
      return fromIds(row.inputIds, row.labels, options.tokenizer.vocabularySize);
    case 'conversation':
      return fromConversation(row, options);
    default:
      return assertNever(row);
  }
}

function fromIds(ids: readonly number[], labels: readonly number[], vocabularySize: number): Labelled {
  const outside = ids.find(id => id < 0 || id >= vocabularySize);
  if (outside !== undefined) {
    const problem = `Token id ${outside} is outside the model's vocabulary of ${vocabularySize}.`;
    return { inputIds: EMPTY, labels: EMPTY, method: 'none', dropped: 'invalid', problem };
  }
  return {
    inputIds: Int32Array.from(ids),
    labels: Int32Array.from(labels),
    method: 'none',
    dropped: null,
    problem: '',
  };
}

function fromConversation(row: Extract<Row, { kind: 'conversation' }>, options: LabelOptions): Labelled {
  const { template, tokenizer } = options;
  if (!template) throw new Error('A conversation was labelled without a template.');
  const rendered = renderConversation(template, options.context, row.conversation, options.endTexts);
  if (!rendered.ok) return refused(rendered.error);
  const tokenized = tokenizeRendered(tokenizer, rendered.value, options.parseSpecialInContent);
  if (!tokenized.ok) return refused(tokenized.error);
  const { inputIds } = tokenized.value;
  if (options.masking === 'full') {
    return { inputIds, labels: inputIds.slice(), method: 'none', dropped: null, problem: '' };
  }
  const labels = labelTokens(rendered.value.text, tokenized.value, rendered.value.spans, {
    train: options.trainOnEndOfTurn,
    endOfGenerationIds: tokenizer.endOfGenerationIds,
  });
  return { inputIds, labels, method: rendered.value.method, dropped: null, problem: '' };
}

function refused(error: CodedError): Labelled {
  const dropped: DropReason = error.code.startsWith('template.') ? 'templateRefused' : 'spansUnproven';
  return { inputIds: EMPTY, labels: EMPTY, method: 'none', dropped, problem: error.cause };
}

function whyNothingTrains(row: Row): { dropped: DropReason; problem: string } {
  if (
    row.kind === 'conversation' &&
    !row.conversation.messages.some(message => message.role === 'assistant')
  ) {
    return { dropped: 'noAssistant', problem: 'The conversation has no assistant message.' };
  }
  const all = row.kind === 'tokenized' && row.labels.every(label => label === IGNORE_INDEX);
  return {
    dropped: 'noTrainableTokens',
    problem: all ? 'Every label is -100.' : 'No token of the row is trained.',
  };
}
