/** What every way of labelling comes to, before truncation. */
import type { CodedError } from '../../../src-shared/contract/coded-error.ts';
import type { Finding } from '../../../src-shared/domain/conversation.ts';
import type { DropReason, ProofStep } from '../../../src-shared/domain/labels.ts';
import type { SpanMethod } from '../../../src-shared/domain/template.ts';
import type { Tokenizer } from '../ports.ts';
import type { ChatTemplate, TemplateContext } from '../render/chat-template.ts';
import type { Markers } from './find-markers.ts';

export type Masking = 'full' | 'assistant' | 'last-assistant' | 'completion' | 'markers';

/** The part of the recipe that decides labels. */
export interface MaskingOptions {
  readonly tokenizer: Tokenizer;
  /** Null where no row needs one (`format: tokenized` and `text`). */
  readonly template: ChatTemplate | null;
  readonly context: TemplateContext;
  readonly masking: Masking;
  readonly markers: Markers;
  readonly trainOnEndOfTurn: boolean;
  readonly parseSpecialInContent: boolean;
  /** Texts of the tokens that end generation. */
  readonly endTexts: readonly string[];
  /** False where neither the vocabulary nor the model file's own template begins a text with the begin token. */
  readonly expectsBos: boolean;
}

export interface Labelled {
  readonly inputIds: Int32Array;
  readonly labels: Int32Array;
  readonly method: SpanMethod;
  readonly dropped: DropReason | null;
  readonly problem: string;
  readonly findings: readonly Finding[];
  /** How far the spans of a conversation were proven; null where none was rendered. */
  readonly proof: ProofStep | null;
}

const EMPTY = new Int32Array(0);

export function dropRow(dropped: DropReason, problem: string): Labelled {
  return { inputIds: EMPTY, labels: EMPTY, method: 'none', dropped, problem, findings: [], proof: null };
}

/** Rendering's and tokenization's errors as reasons; the cause holds the template's own words. */
export function dropForError(error: CodedError): Labelled {
  return dropRow(error.code.startsWith('template.') ? 'templateRefused' : 'spansUnproven', error.cause);
}
