/**
 * Conversation → text with the spans that the model itself would have generated. Spans come from
 * rendering with marks, never from searching the text; the marked render, its marks taken out, must
 * equal the plain one. Where it does not, fewer parts are marked, step by step; what stays without
 * proof is refused.
 */
import { fail, type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { Conversation, Message } from '../../../src-shared/domain/conversation.ts';
import type { ProofStep } from '../../../src-shared/domain/labels.ts';
import type { RenderedText, Span } from '../../../src-shared/domain/template.ts';
import type { RenderTemplate } from '../ports.ts';
import { type ChatTemplate, contextJson, type TemplateContext, wholeContext } from './chat-template.ts';
import { contentSpans, textsOf } from './content-spans.ts';
import { findTurns } from './find-turns.ts';
import { ADDED, type MarkedRender, type Turn, unproven } from './marked-render.ts';
import { type Mark, type Part, Sentinels } from './sentinels.ts';
import { type MarkPart, markNothing, type PartKind, wireExtras, wireMessage } from './wire-messages.ts';

export interface RenderedConversation extends RenderedText {
  readonly spans: readonly Turn[];
  /** The first trained message whose text is not in the rendered text whole; null where all are (`labels.contentLost`). */
  readonly lostMessage: number | null;
  /** Parts of messages that the row says are never trained. */
  readonly neverTrained: readonly Span[];
  /** What was marked for the proof: `all` at best, `none` where no message is to be trained and none could be. */
  readonly proof: ProofStep;
}

/** From much to little; the first that proves itself is taken. */
const STEPS: readonly { readonly step: ProofStep; readonly kinds: readonly PartKind[] }[] = [
  {
    step: 'all',
    kinds: ['content', 'answer', 'reasoning', 'arguments', 'name', 'tools', 'documents'],
  },
  { step: 'messages', kinds: ['content', 'answer', 'reasoning', 'arguments'] },
  { step: 'contents', kinds: ['content', 'answer', 'reasoning'] },
];
const ONE_BY_ONE: readonly (readonly PartKind[])[] = [
  ['content', 'answer', 'reasoning', 'arguments'],
  ['content', 'answer'],
];

export interface RenderOptions {
  /** Texts of the tokens that end generation, for finding where a turn ends. */
  readonly endTexts: readonly string[];
  /** Which messages are to be trained; a turn that cannot be proven matters only there. */
  readonly isTrained: (message: Message, index: number) => boolean;
}

/** Renders one conversation. Errors: `template.refused` and its kin, `spans.unproven`. */
export function renderConversation(
  template: ChatTemplate,
  context: TemplateContext,
  conversation: Conversation,
  options: RenderOptions,
): Outcome<RenderedConversation> {
  const { messages, ...extras } = conversation;
  const wire = (mark: MarkPart) => messages.map((message, i) => wireMessage(message, i, template.form, mark));
  const plainContext = wholeContext(
    context,
    wireExtras(extras, template.form, markNothing),
    wire(markNothing),
    false,
  );
  const plain = template.render(plainContext);
  if (!plain.ok) return plain;

  const trial: Trial = { template, context, conversation, plain: plain.value, plainContext };
  const trained = messages.map((message, i) => message.role === 'assistant' && options.isTrained(message, i));
  const proof = proveMarks(trial);
  if (!proof.ok && (trained.includes(true) || messages.some(message => message.trained === false)))
    return proof;
  const { marked, step } = proof.ok
    ? proof.value
    : { marked: markedNowhere(plain.value), step: 'none' as const };
  const turns = template.renderMarked
    ? ok(turnsOfTags(marked, messages, trained))
    : findTurns(template, marked, messages, trained, options.endTexts);
  if (!turns.ok) return turns;
  const lost = trained.findIndex((is, index) => is && losesContent(messages[index], index, marked));
  return ok({
    text: plain.value,
    spans: turns.value,
    method: template.renderMarked ? 'tags' : 'sentinels',
    contentSpans: contentSpans(marked, step === 'all' ? [] : textsOf(conversation)),
    neverTrained: messages.flatMap((message, index) =>
      message.trained === false ? reachOf(turns.value, marked, index) : [],
    ),
    lostMessage: lost < 0 ? null : lost,
    proof: step,
  });
}

/**
 * A prompt, up to where the model goes on, with the parts of it that came from its messages. Errors:
 * the template's own.
 */
export function renderPrompt(
  template: ChatTemplate,
  context: TemplateContext,
  conversation: Conversation,
): Outcome<Pick<RenderedText, 'text' | 'contentSpans'>> {
  const plainContext = contextJson(template, context, conversation, true);
  const plain = template.render(plainContext);
  if (!plain.ok) return plain;
  const sentinels = new Sentinels(plainContext, template.source);
  const marked = template.render(contextJson(template, context, conversation, true, sentinels.mark));
  const found = marked.ok ? sentinels.unmark(marked.value) : null;
  const content =
    found?.text === plain.value
      ? contentSpans({ ...found, parts: sentinels.parts }, [])
      : contentSpans({ text: plain.value, marks: [], parts: [] }, textsOf(conversation));
  return ok({ text: plain.value, contentSpans: content });
}

interface Trial {
  readonly template: ChatTemplate;
  readonly context: TemplateContext;
  readonly conversation: Conversation;
  readonly plain: string;
  readonly plainContext: string;
}

function proveMarks(trial: Trial): Outcome<{ marked: MarkedRender; step: ProofStep }> {
  for (const { step, kinds } of STEPS) {
    const marked = tryMarks(trial, kind => kinds.includes(kind));
    if (!marked.ok) return marked;
    if (marked.value) return ok({ marked: marked.value, step });
  }
  if (trial.template.renderMarked) {
    const marked = tryMarks(trial, () => false);
    if (!marked.ok) return marked;
    if (marked.value) return ok({ marked: marked.value, step: 'tags-only' });
  } else {
    const marked = tryOneByOne(trial);
    if (marked) return ok({ marked, step: 'one-by-one' });
  }
  return fail(unproven('The template changes its output when content is marked, so spans would be a guess.'));
}

/** Null where the marked render, its marks taken out, is not the plain one. */
function tryMarks(
  trial: Trial,
  isMarked: (kind: PartKind, owner: number) => boolean,
): Outcome<MarkedRender | null> {
  const { template, context, conversation, plain } = trial;
  const { messages, ...extras } = conversation;
  const sentinels = new Sentinels(trial.plainContext, template.source);
  const mark: MarkPart = (text, kind, owner) =>
    isMarked(kind, owner) ? sentinels.mark(text, kind, owner) : text;
  const markedExtras = wireExtras(extras, template.form, mark);
  const wire = messages.map((message, i) => wireMessage(message, i, template.form, mark));
  let render: RenderTemplate = template.render;
  if (template.renderMarked) {
    const tagged = template.renderMarked(sentinels.generationOpen, sentinels.generationClose);
    if (!tagged.ok) return tagged;
    render = tagged.value;
  }
  const rendered = render(wholeContext(context, markedExtras, wire, false));
  if (!rendered.ok || sentinels.exhausted) return ok(null);
  const unmarked = sentinels.unmark(rendered.value);
  if (unmarked.text !== plain || (template.renderMarked && unmarked.generation === null)) return ok(null);
  return ok({
    ...unmarked,
    parts: sentinels.parts,
    renderPrefix: (count, addGenerationPrompt, add) => {
      const own = wire.slice(0, count);
      if (add) own.push(wireMessage(add, ADDED, template.form, sentinels.mark));
      const prefix = template.render(wholeContext(context, markedExtras, own, addGenerationPrompt));
      return prefix.ok ? sentinels.unmark(prefix.value) : null;
    },
  });
}

/** Marks a single message at a time and puts together what was found: for templates that compare messages. */
function tryOneByOne(trial: Trial): MarkedRender | null {
  const marks: Mark[] = [];
  const parts: Part[] = [];
  const renders = new Map<number, MarkedRender>();
  trial.conversation.messages.forEach((_, index) => {
    for (const kinds of ONE_BY_ONE) {
      const marked = tryMarks(trial, (kind, owner) => owner === index && kinds.includes(kind));
      if (!marked.ok || !marked.value) continue;
      const first = parts.length;
      parts.push(...marked.value.parts);
      marks.push(...marked.value.marks.map(one => ({ ...one, part: one.part + first })));
      renders.set(index, shiftParts(marked.value, first));
      return;
    }
  });
  if (renders.size === 0) return null;
  marks.sort((a, b) => a.at - b.at);
  return {
    text: trial.plain,
    marks,
    parts,
    generation: null,
    renderPrefix: (count, addGenerationPrompt, add) => {
      for (let index = count - 1; index >= 0; index--) {
        const found = renders.get(index);
        if (found && found.marks.length > 0) return found.renderPrefix(count, addGenerationPrompt, add);
      }
      return renders.values().next().value?.renderPrefix(count, addGenerationPrompt, add) ?? null;
    },
  };
}

function shiftParts(marked: MarkedRender, by: number): MarkedRender {
  const shift = (marks: readonly Mark[]) => marks.map(one => ({ ...one, part: one.part + by }));
  return {
    ...marked,
    renderPrefix: (...prefix) => {
      const found = marked.renderPrefix(...prefix);
      return found && { text: found.text, marks: shift(found.marks) };
    },
  };
}

function markedNowhere(text: string): MarkedRender {
  return { text, marks: [], parts: [], generation: [], renderPrefix: () => null };
}

/** A message's turn, or what its marks enclose; empty where it left no trace. */
function reachOf(turns: readonly Turn[], marked: MarkedRender, index: number): Span[] {
  const own = turns.filter(turn => turn.message === index);
  if (own.length > 0) return own;
  const marks = marked.marks.filter(({ part }) => marked.parts[part]?.owner === index);
  const [first, last] = [marks[0], marks.at(-1)];
  return first && last ? [{ start: first.at, end: last.at }] : [];
}

/** Generation tags are the spans, exactly; each belongs to the message whose marks lie in it. */
function turnsOfTags(
  marked: MarkedRender,
  messages: readonly Message[],
  trained: readonly boolean[],
): Turn[] {
  const spans = marked.generation ?? [];
  const answers = messages.flatMap((message, index) => (message.role === 'assistant' ? [index] : []));
  return spans.map((span, k) => {
    const inside = marked.marks.find(
      ({ at, part }) => at >= span.start && at <= span.end && (marked.parts[part]?.owner ?? -1) >= 0,
    );
    const owner = inside ? marked.parts[inside.part]?.owner : undefined;
    const message = owner ?? (spans.length === answers.length ? answers[k] : undefined) ?? -1;
    return {
      ...span,
      role: 'assistant',
      trained: trained[message] ?? trained.every((is, i) => is || messages[i]?.role !== 'assistant'),
      message,
    };
  });
}

/** True where a visible part of the message is in the text neither between its marks nor by its words. */
function losesContent(message: Message | undefined, index: number, marked: MarkedRender): boolean {
  if (!message) return false;
  const lost = marked.parts.some(
    ({ owner, kind, text }, part) =>
      owner === index &&
      kind !== 'name' &&
      !isPrinted(marked, part, kind, text) &&
      !marked.text.includes(text),
  );
  const markedAtAll = marked.parts.some(({ owner }) => owner === index);
  return lost || (!markedAtAll && !marked.text.includes((message.content ?? '').trim()));
}

/** Words as they were written; what stands in a call may be escaped, as in JSON, so that its marks suffice. */
function isPrinted({ marks, text }: MarkedRender, part: number, kind: PartKind, words: string): boolean {
  const own = marks.filter(mark => mark.part === part);
  if (kind !== 'answer' && kind !== 'content' && kind !== 'reasoning') return own.length > 0;
  return own.some((mark, i) => mark.opens && text.slice(mark.at, own[i + 1]?.at ?? mark.at) === words);
}
