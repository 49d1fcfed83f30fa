/** A conversation or a message pair → ids and labels, by any masking strategy. */
import { type CodedError, fail, type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { Conversation, Finding, Message } from '../../../src-shared/domain/conversation.ts';
import { IGNORE_INDEX } from '../../../src-shared/domain/labels.ts';
import type { RenderedSpan, Span, SpanMethod } from '../../../src-shared/domain/template.ts';
import { messagesHavePlaceholder } from '../import/find-placeholders.ts';
import { type ChatTemplate, contextJson, type TemplateContext } from '../render/chat-template.ts';
import { unproven } from '../render/marked-render.ts';
import { type RenderedConversation, renderConversation } from '../render/render-conversation.ts';
import { type TokenizedText, tokenizeRendered } from '../tokenize/tokenize-rendered.ts';
import { findMarkedSpans, missingMarker } from './find-markers.ts';
import { labelTokens } from './label-tokens.ts';
import { dropForError, dropRow, type Labelled, type MaskingOptions } from './labelled.ts';

/** A conversation whose first `promptLength` messages are its prompt; null where the row makes no such cut. */
export interface Dialogue {
  readonly conversation: Conversation;
  readonly promptLength: number | null;
}

/** A rendered dialogue with what the strategy trains of it. */
export interface MaskedDialogue {
  readonly rendered: RenderedConversation;
  /** In text order; turns that are not trained among them. */
  readonly spans: readonly RenderedSpan[];
  readonly method: SpanMethod;
}

export function labelDialogue(dialogue: Dialogue, options: MaskingOptions): Labelled {
  const { template, tokenizer } = options;
  if (!template) return dropRow('templateRefused', 'The row holds messages, and there is no chat template.');
  const masked = maskDialogue(dialogue, options);
  if (!masked.ok) return showUnlabelled(dialogue, template, masked.error, options);
  const { rendered, spans, method } = masked.value;
  const { text, contentSpans } = rendered;
  const tokenized = tokenizeRendered(tokenizer, text, contentSpans, options.parseSpecialInContent);
  if (!tokenized.ok) return dropForError(tokenized.error);
  const trained = spans.filter(span => span.trained);
  const labels = labelTokens(text, tokenized.value, trained, {
    train: options.trainOnEndOfTurn,
    endOfGenerationIds: tokenizer.endOfGenerationIds,
    contentSpans,
  });
  const findings = new Set<Finding>();
  if (lostMessage(dialogue, masked.value, options) !== null) findings.add('labels.contentLost');
  if (messagesHavePlaceholder(dialogue.conversation.messages)) findings.add('data.placeholder');
  if (trainedHeader(masked.value, template) !== null) findings.add('tokens.headerTrained');
  if (options.masking === 'markers' && missingMarker(text, contentSpans, options.markers) !== null)
    findings.add('labels.markerMissing');
  if (trained.every(isEmpty) && wantsAnswer(dialogue, options)) findings.add('labels.noSpans');
  for (const finding of tokenFindings(tokenized.value, labels, options)) findings.add(finding);
  return {
    inputIds: tokenized.value.inputIds,
    labels,
    method,
    dropped: null,
    problem: '',
    findings: [...findings],
    proof: rendered.proof,
  };
}

/**
 * The first message that the template does not show whole; null where there is none. Where everything is trained, one
 * whose words are nowhere in the text, as when a template has no branch for its role.
 */
export function lostMessage(
  { conversation }: Dialogue,
  { rendered }: MaskedDialogue,
  { masking }: Pick<MaskingOptions, 'masking'>,
): number | null {
  if (rendered.lostMessage !== null || masking !== 'full') return rendered.lostMessage;
  const lost = conversation.messages.findIndex(
    ({ content }) => content !== null && !rendered.text.includes(content.trim()),
  );
  return lost < 0 ? null : lost;
}

function isEmpty({ start, end }: Span): boolean {
  return start === end;
}

/** True where an answer is there to be trained by its turn, so that no span means that none was found. */
function wantsAnswer(dialogue: Dialogue, { masking }: MaskingOptions): boolean {
  return (masking === 'assistant' || masking === 'last-assistant') && firstWantedAnswer(dialogue) >= 0;
}

/** Index of the first message that an answer could be learnt from; -1 where there is none. */
export function firstWantedAnswer({ conversation, promptLength }: Dialogue): number {
  return conversation.messages.findIndex(
    ({ role, trained }, index) => role === 'assistant' && trained !== false && index >= (promptLength ?? 0),
  );
}

/** A dropped row keeps its ids, so that they can be looked at, where the template renders it at all. */
function showUnlabelled(
  { conversation }: Dialogue,
  template: ChatTemplate,
  error: CodedError,
  options: MaskingOptions,
): Labelled {
  const dropped = dropForError(error);
  if (dropped.dropped !== 'spansUnproven') return dropped;
  const plain = template.render(contextJson(template, options.context, conversation, false));
  const tokens = plain.ok ? tokenizeRendered(options.tokenizer, plain.value, [], false) : plain;
  if (!tokens.ok) return dropped;
  const { inputIds } = tokens.value;
  return { ...dropped, inputIds, labels: new Int32Array(inputIds.length).fill(IGNORE_INDEX) };
}

/** Renders, and finds what the strategy trains. Errors: the template's, `spans.unproven`. */
export function maskDialogue(dialogue: Dialogue, options: MaskingOptions): Outcome<MaskedDialogue> {
  const { template, context, endTexts, masking } = options;
  if (!template) throw new Error('A dialogue was masked without a template.');
  const { messages } = dialogue.conversation;
  const lastAnswer = messages.findLastIndex(message => message.role === 'assistant');
  const isTrained = (message: Message, index: number) => {
    if (message.trained === false || (dialogue.promptLength !== null && index < dialogue.promptLength))
      return false;
    return masking === 'assistant' || (masking === 'last-assistant' && index === lastAnswer);
  };
  if (masking === 'completion') {
    const promptLength = dialogue.promptLength ?? (lastAnswer >= 0 ? lastAnswer : messages.length);
    return maskCompletion(dialogue.conversation, promptLength, options);
  }
  const rendered = renderConversation(template, context, dialogue.conversation, { endTexts, isTrained });
  if (!rendered.ok) return rendered;
  const { text, contentSpans, neverTrained } = rendered.value;
  switch (masking) {
    case 'full':
      return ok({
        rendered: rendered.value,
        spans: without([{ start: 0, end: text.length }], neverTrained, 'all'),
        method: 'none',
      });
    case 'markers': {
      const found = findMarkedSpans(text, contentSpans, options.markers);
      return ok({
        rendered: rendered.value,
        spans: without(found, neverTrained, 'response'),
        method: found.length > 0 ? 'markers' : 'none',
      });
    }
    default: {
      // In a pair, an answer's turn begins behind the prompt, whatever its generation tags enclose.
      const border =
        dialogue.promptLength === null
          ? null
          : promptBorder(template, context, dialogue.conversation, dialogue.promptLength, text);
      const spans = rendered.value.spans.map(span =>
        border !== null && span.start < border && border <= span.end ? { ...span, start: border } : span,
      );
      return ok({ rendered: rendered.value, spans, method: rendered.value.method });
    }
  }
}

/**
 * Everything that the template prints behind the prompt. The prompt's own render gives the border where
 * it is a prefix of the whole; else the first turn behind it does.
 */
function maskCompletion(
  conversation: Conversation,
  promptLength: number,
  options: MaskingOptions,
): Outcome<MaskedDialogue> {
  const { template, context, endTexts } = options;
  if (!template) throw new Error('A dialogue was masked without a template.');
  const { messages } = conversation;
  const render = (isTrained: (message: Message, index: number) => boolean) =>
    renderConversation(template, context, conversation, { endTexts, isTrained });
  const plain = render(() => false);
  if (!plain.ok || promptLength >= messages.length) {
    return plain.ok ? ok({ rendered: plain.value, spans: [], method: 'none' }) : plain;
  }
  const border = promptBorder(template, context, conversation, promptLength, plain.value.text);
  if (border !== null) return ok(completionFrom(plain.value, border));
  const marked = render((_, index) => index === promptLength);
  if (!marked.ok) return marked;
  const turn = marked.value.spans.find(span => span.message === promptLength);
  if (!turn) return fail(unproven('Where the completion starts in the rendered text cannot be told.'));
  return ok(completionFrom(marked.value, turn.start));
}

/** Where the prompt's own render ends in the whole text; null where the one does not begin with the other. */
function promptBorder(
  template: ChatTemplate,
  context: TemplateContext,
  conversation: Conversation,
  promptLength: number,
  text: string,
): number | null {
  const messages = conversation.messages.slice(0, promptLength);
  const completed = conversation.messages[promptLength]?.role === 'assistant';
  const prompt = template.render(contextJson(template, context, { ...conversation, messages }, completed));
  return prompt.ok && text.startsWith(prompt.value) ? prompt.value.length : null;
}

function completionFrom(rendered: RenderedConversation, start: number): MaskedDialogue {
  const { text, neverTrained } = rendered;
  return {
    rendered,
    spans: without([{ start, end: text.length }], neverTrained, 'completion'),
    method: 'offsets',
  };
}

/** The spans with holes where the row says that nothing is trained. */
function without(spans: readonly Span[], holes: readonly Span[], role: string): RenderedSpan[] {
  let left = [...spans];
  for (const hole of holes) {
    left = left.flatMap(span => {
      if (hole.end <= span.start || span.end <= hole.start) return [span];
      const before = { start: span.start, end: hole.start };
      const after = { start: hole.end, end: span.end };
      return [before, after].filter(part => part.end > part.start);
    });
  }
  return left.map(span => ({ ...span, role, trained: true }));
}

/** Where a trained span holds the template's own generation prompt or an empty think block; null where none does. */
export function trainedHeader(
  { rendered, spans, method }: MaskedDialogue,
  template: ChatTemplate,
): number | null {
  if (method === 'none') return null;
  const header = HEADER_START.exec(template.header)?.[1] ?? '';
  const isContent = (start: number, end: number) =>
    rendered.contentSpans.some(span => span.start <= start && end <= span.end);
  for (const { start, end } of spans.filter(({ trained }) => trained)) {
    const turn = rendered.text.slice(start, end);
    const headerAt = header === '' ? -1 : turn.indexOf(header);
    if (headerAt >= 0 && !isContent(start + headerAt, start + headerAt + header.length))
      return start + headerAt;
    const empty = EMPTY_THINKING.exec(turn);
    if (empty !== null && !isContent(start + empty.index, start + empty.index + empty[0].length))
      return start + empty.index;
  }
  return null;
}

/** A header's first tag or word tells that a header is there. */
const HEADER_START = /^\s*(<[^>]+>|\[[^\]]+\]|\S{3,})/;
const EMPTY_THINKING = /<think(?:ing)?>\s*<\/think(?:ing)?>|\[THINK\]\s*\[\/THINK\]/;

/** What the tokens themselves show. */
export function tokenFindings(
  tokenized: TokenizedText,
  labels: Int32Array,
  {
    tokenizer,
    trainOnEndOfTurn,
    expectsBos,
  }: Pick<MaskingOptions, 'tokenizer' | 'trainOnEndOfTurn' | 'expectsBos'>,
): Finding[] {
  const { inputIds, contentSpellsSpecial } = tokenized;
  const findings: Finding[] = contentSpellsSpecial ? ['tokens.specialInContent'] : [];
  const { bosId, endOfGenerationIds } = tokenizer;
  const beginsTwice = inputIds[1] === bosId || !expectsBos;
  if (bosId !== null && inputIds[0] === bosId && beginsTwice) findings.push('tokens.doubleBos');
  let words = 0;
  let terminators = 0;
  for (const label of labels) {
    if (label === IGNORE_INDEX) continue;
    if (endOfGenerationIds.has(label)) terminators++;
    else words++;
  }
  if (terminators > 0 && words === 0) findings.push('labels.onlyTerminator');
  if (words > 0 && terminators === 0 && trainOnEndOfTurn) findings.push('tokens.endNotTrained');
  return findings;
}
