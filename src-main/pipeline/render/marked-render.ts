/** A render with marks in it: what was found where, and the means to render its beginnings the same way. */
import type { CodedError } from '../../../src-shared/contract/coded-error.ts';
import type { Message } from '../../../src-shared/domain/conversation.ts';
import type { RenderedSpan, Span } from '../../../src-shared/domain/template.ts';
import type { Mark, Part } from './sentinels.ts';

/** A turn of the model in the text. */
export interface Turn extends RenderedSpan {
  /** Index of the message that it is; -1 where generation tags enclose no message that could be told. */
  readonly message: number;
}

/** Owner of the parts of a message that a prefix render adds. */
export const ADDED = -2;

/** What a marked render showed, with everything needed to render its prefixes the same way. */
export interface MarkedRender {
  readonly text: string;
  readonly marks: readonly Mark[];
  readonly parts: readonly Part[];
  readonly generation: readonly Span[] | null;
  /**
   * The text of the first `count` messages and the marks in it; null where the template refuses.
   * `add`: a message behind them.
   */
  renderPrefix(
    count: number,
    addGenerationPrompt: boolean,
    add?: Message,
  ): Pick<MarkedRender, 'text' | 'marks'> | null;
}

export function unproven(cause: string): CodedError {
  return {
    code: 'spans.unproven',
    title: 'The trained part of the row cannot be proven.',
    cause,
    remedy: 'Use a template with {% generation %} tags.',
  };
}
