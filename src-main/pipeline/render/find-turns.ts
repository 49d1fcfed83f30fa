/**
 * Where the model's turns stand in a marked render without generation tags. A turn starts where its
 * generation prompt ends (or at its first rendered part) and ends with the first end-of-generation
 * token behind its last part, before the next message:
 *
 *     <|user|>hi<|end|>\n<|assistant|>\n⟦yo⟧<|end|>\n  →  "yo<|end|>"
 */
import { fail, type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { Message } from '../../../src-shared/domain/conversation.ts';
import type { ChatTemplate } from './chat-template.ts';
import { ADDED, type MarkedRender, type Turn, unproven } from './marked-render.ts';
import type { Mark } from './sentinels.ts';

/** The reach of a message's marks in the text; null where it has none. */
type Reach = { readonly first: number; readonly last: number } | null;

interface Search {
  readonly template: ChatTemplate;
  readonly marked: MarkedRender;
  readonly messages: readonly Message[];
  readonly reaches: readonly Reach[];
  readonly endTexts: readonly string[];
  /** What followed the last mark of a prompt, by the role before it: most turns of a row start alike. */
  readonly knownTails: Map<string, string>;
}

/** Error: `spans.unproven`, where a trained turn cannot be placed. */
export function findTurns(
  template: ChatTemplate,
  marked: MarkedRender,
  messages: readonly Message[],
  trained: readonly boolean[],
  endTexts: readonly string[],
): Outcome<Turn[]> {
  const reaches = messages.map((_, index) => reachOf(marked, index));
  const search: Search = { template, marked, messages, reaches, endTexts, knownTails: new Map() };
  const turns: Turn[] = [];
  let from = 0;
  for (const [index, message] of messages.entries()) {
    if (message.role !== 'assistant') continue;
    const found = findTurn(search, index, from);
    if (found.ok) {
      turns.push({ ...found.value, role: 'assistant', trained: trained[index] ?? false, message: index });
      from = found.value.end;
    } else if (trained[index]) {
      return found;
    }
  }
  return ok(turns);
}

/** Templates print the name of a call again with its result, so that names count only where nothing else is marked. */
function reachOf(marked: MarkedRender, index: number): Reach {
  const own = marked.marks.filter(({ part }) => marked.parts[part]?.owner === index);
  const texts = own.filter(({ part }) => marked.parts[part]?.kind !== 'name');
  const first = texts[0] ?? own[0];
  const last = texts.at(-1) ?? own.find(({ opens }) => !opens);
  return first && last ? { first: first.at, last: last.at } : null;
}

function findTurn(search: Search, index: number, from: number): Outcome<{ start: number; end: number }> {
  const { marked, reaches } = search;
  const own = reaches[index] ?? null;
  const previous = reaches.slice(0, index).flatMap(reach => (reach ? [reach.last] : []));
  const floor = Math.max(from, 0, ...previous);
  const next = reaches.slice(index + 1).find(reach => reach !== null);
  const bound = next?.first ?? marked.text.length;
  if (own && (own.first < floor || own.last > bound)) {
    return fail(unproven(`The template does not print message ${index} in its place or prints it twice.`));
  }
  const start = turnStart(search, index, floor, own, bound);
  if (start === null) {
    return fail(unproven(`Where message ${index}, an answer, starts in the rendered text cannot be told.`));
  }
  const end = turnEnd(search, index, own?.last ?? start, bound);
  return ok({ start: Math.max(start, from), end });
}

/** Null where nothing proves where the turn starts. */
function turnStart(search: Search, index: number, floor: number, own: Reach, bound: number): number | null {
  const { marked, template, messages } = search;
  const limit = own?.first ?? bound;
  const anchored = anchorOf(search, floor);
  const before = messages[index - 1]?.role ?? '';
  const known = search.knownTails.get(before);
  if (known !== undefined && anchored.isMark && marked.text.startsWith(known, anchored.at)) {
    const start = anchored.at + known.length;
    if (start <= limit) return start;
  }
  if (own && template.promptIsConstant && startsBehindHeader(search, floor, limit)) return limit;
  const prompt = placeTail(marked, marked.renderPrefix(index, true), limit);
  const addsHeader = template.header !== '' && prompt !== null && prompt.tail.endsWith(template.header);
  if (addsHeader && marked.text.startsWith(prompt.tail, prompt.anchor)) {
    const start = prompt.anchor + prompt.tail.length;
    if (start <= limit) {
      if (anchored.isMark && prompt.anchor === anchored.at) search.knownTails.set(before, prompt.tail);
      return start;
    }
  }
  const bare = placeTail(marked, marked.renderPrefix(index, false), limit);
  const hasPrompt = prompt !== null && prompt.tail !== bare?.tail;
  if (hasPrompt) {
    const region = marked.text.slice(prompt.anchor, limit);
    if (region.startsWith(prompt.tail)) {
      if (anchored.isMark && prompt.anchor === anchored.at) search.knownTails.set(before, prompt.tail);
      return prompt.anchor + prompt.tail.length;
    }
    if (own && prompt.tail.startsWith(region)) return limit;
    const header =
      bare && prompt.tail.startsWith(bare.tail) ? prompt.tail.slice(bare.tail.length) : template.header;
    const at = header.trim() === '' ? -1 : region.lastIndexOf(header);
    if (at >= 0) return prompt.anchor + at + header.length;
    return (
      firstContent(search, index) ??
      (own && afterPlainHeader(search, index, prompt.anchor, limit)) ??
      afterHeader(marked.text, prompt.anchor, limit, header, own !== null)
    );
  }
  if (bare) {
    const region = marked.text.slice(bare.anchor, limit);
    if (region.startsWith(bare.tail)) {
      const rest = region.slice(bare.tail.length);
      if (!own || rest.trim() === '') return bare.anchor + bare.tail.length;
    }
    if (!own) return null;
    return afterPlainHeader(search, index, bare.anchor, limit) ?? firstContent(search, index);
  }
  return afterHeader(marked.text, floor, limit, template.header, false) ?? firstContent(search, index);
}

/**
 * True where nothing but the template's own text stands between the last mark and the answer, and the
 * header ends it and is nowhere else in it. Where the prompt is always the header, a render of it could
 * only show the answer to start here.
 */
function startsBehindHeader({ marked, template }: Search, floor: number, limit: number): boolean {
  const { text, marks } = marked;
  const { header } = template;
  if (header.trim() === '' || marks.findLast(({ at }) => at < limit)?.at !== floor) return false;
  const at = text.indexOf(header, floor);
  return at >= 0 && at + header.length === limit;
}

/** The last mark before the turn, or the start of the text. */
function anchorOf(search: Search, floor: number): { at: number; isMark: boolean } {
  const last = search.marked.marks.findLast(({ at }) => at <= floor);
  return { at: floor, isMark: last?.at === floor };
}

interface Tail {
  /** Where the tail would start in the whole text. */
  readonly anchor: number;
  readonly tail: string;
}

/** What a prefix render has behind its last mark that the whole render has too. */
function placeTail(
  marked: MarkedRender,
  prefix: { text: string; marks: readonly Mark[] } | null,
  limit: number,
): Tail | null {
  if (!prefix) return null;
  for (let i = prefix.marks.length - 1; i >= 0; i--) {
    const mark = prefix.marks[i];
    if (!mark) continue;
    const same = marked.marks.findLast(
      one => one.part === mark.part && one.opens === mark.opens && one.at <= limit,
    );
    if (same) return { anchor: same.at, tail: prefix.text.slice(mark.at) };
  }
  return { anchor: 0, tail: prefix.text };
}

/**
 * The generation prompt is not there as it stands: the end of as much of the header as is there, or
 * the first rendered part where what follows is neither.
 */
function afterHeader(
  text: string,
  from: number,
  limit: number,
  header: string,
  hasParts: boolean,
): number | null {
  const region = text.slice(from, limit);
  for (let length = header.length; length > 0; length--) {
    const start = wholeWords(header, length);
    if (start < length || header.slice(0, start).trim() === '') continue;
    const at = region.lastIndexOf(header.slice(0, start));
    if (at >= 0) return from + at + start;
  }
  return hasParts ? limit : null;
}

/** `length`, or less where the header would be cut inside a tag or a word. */
function wholeWords(header: string, length: number): number {
  const kept = header.slice(0, length);
  for (const [open, close] of [
    ['<', '>'],
    ['[', ']'],
  ] as const) {
    const at = kept.lastIndexOf(open);
    if (at >= 0 && !kept.includes(close, at)) return at;
  }
  const inWord = /\w$/.test(kept) && /^\w/.test(header.slice(length));
  return inWord ? kept.replace(/\w+$/, '').length : length;
}

/** Where templates print a header without being asked, a plain answer in this place shows which part it is. */
function afterPlainHeader(search: Search, index: number, anchor: number, limit: number): number | null {
  const { marked } = search;
  const answer = marked.renderPrefix(index, false, { role: 'assistant', content: 'x' });
  const added = answer?.marks.find(({ part }) => marked.parts[part]?.owner === ADDED);
  if (!answer || !added) return null;
  const tail = placeTail(
    marked,
    { text: answer.text.slice(0, added.at), marks: answer.marks.filter(({ at }) => at <= added.at) },
    limit,
  );
  if (!tail || tail.anchor !== anchor) return null;
  const region = marked.text.slice(anchor, limit);
  let common = 0;
  while (common < region.length && region[common] === tail.tail[common]) common++;
  return anchor + wholeWords(region, common);
}

/**
 * The first mark of the message's words, or the white space in front that they begin with; calls have
 * text of their own in front that cannot be told.
 */
function firstContent(search: Search, index: number): number | null {
  const { marked, messages } = search;
  const first = marked.marks.find(({ part }) => marked.parts[part]?.owner === index);
  const kind = first && marked.parts[first.part]?.kind;
  if (!first || (kind !== 'answer' && kind !== 'reasoning')) return null;
  // Marks stand inside the trimmed edges; whose white space that is shows an answer that has none.
  if (!/^\s/.test(messages[index]?.content ?? '') || !/\s/.test(marked.text[first.at - 1] ?? ''))
    return first.at;
  const previous = marked.marks.findLast(
    ({ at, part }) => at < first.at && marked.parts[part]?.owner !== index,
  );
  const header = afterPlainHeader(search, index, previous?.at ?? 0, first.at);
  return header !== null && marked.text.slice(header, first.at).trim() === '' ? header : first.at;
}

function turnEnd(search: Search, index: number, from: number, bound: number): number {
  const { marked, endTexts, messages } = search;
  let best = -1;
  let bestAt = bound;
  for (const end of endTexts) {
    const at = marked.text.indexOf(end, from);
    if (at >= 0 && at < bestAt && at + end.length <= bound) {
      bestAt = at;
      best = at + end.length;
    }
  }
  if (best >= 0) return best;
  if ((messages[index]?.toolCalls ?? []).length === 0) return from;
  // No end token: the text that closes the calls is what a prefix that ends here shows behind them.
  const closed = placeTail(marked, marked.renderPrefix(index + 1, false), from);
  if (!closed || closed.anchor !== from) return from;
  const region = marked.text.slice(from, bound);
  let common = 0;
  while (common < region.length && region[common] === closed.tail[common]) common++;
  return from + region.slice(0, common).trimEnd().length;
}
