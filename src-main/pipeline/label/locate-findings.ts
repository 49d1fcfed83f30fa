/**
 * The token that each check of a row speaks of, so that a finding can be shown where it is: the second begin token, the
 * first one that is cut, the place where an answer or its end should stand. What speaks of a row as a whole
 * (duplicates, faults of a batch) has no place in it.
 */

import { assertNever } from '../../../src-shared/domain/assert-never.ts';
import type { Finding, Row } from '../../../src-shared/domain/conversation.ts';
import type { CheckPlaces } from '../../../src-shared/domain/explained-row.ts';
import { IGNORE_INDEX, type LabelledExample } from '../../../src-shared/domain/labels.ts';
import { firstPlaceholder } from '../import/find-placeholders.ts';
import { type LabelOptions, truncationOf } from '../label-row.ts';
import { firstSpelledSpecial } from '../tokenize/partition-text.ts';
import { tokenizeRendered } from '../tokenize/tokenize-rendered.ts';
import { keptSpans } from '../truncate-example.ts';
import { missingMarker } from './find-markers.ts';
import { firstWantedAnswer, lostMessage, trainedHeader } from './label-conversation.ts';
import { tokensInFront } from './label-text.ts';
import { type PlacedDialogue, tokenAtByte } from './place-dialogue.ts';

export interface LocatedRow {
  readonly row: Row;
  /** As the trainer gets them. */
  readonly examples: readonly LabelledExample[];
  /** All tokens of the row as one example. */
  readonly uncut: LabelledExample;
  /** Null for a row without messages, and for one that could not be labelled. */
  readonly placed: PlacedDialogue | null;
  readonly options: LabelOptions;
  /** Of the model; 0 where its file does not say. */
  readonly contextLength: number;
}

/** The checks that a row without a trained token is listed by. */
const CHECKS_OF_EMPTY = ['labels.none', 'labels.rowEmpty', 'labels.collator'] as const;

/** By check id; a row without tokens has none. */
export function locateFindings(located: LocatedRow): CheckPlaces {
  const { examples, uncut, contextLength } = located;
  const [{ dropped, findings } = uncut] = examples;
  if (uncut.inputIds.length === 0) return {};
  const tokens: Record<string, number> = {};
  for (const finding of findings) tokens[finding] = tokenOfFinding(finding, located);
  const cut = firstCut(located);
  if (cut !== null) tokens['length.truncated'] = cut;
  if (contextLength > 0 && uncut.inputIds.length > contextLength) tokens['length.effective'] = contextLength;
  if (dropped !== null && dropped !== 'duplicate') {
    const token = dropped === 'truncated' ? (cut ?? 0) : tokenOfEmpty(located);
    for (const check of CHECKS_OF_EMPTY) tokens[check] = token;
    if (dropped === 'spansUnproven') tokens['labels.noSpans'] = token;
  }
  return Object.fromEntries(
    Object.entries(tokens).map(([check, token]) => [check, inItsPart(examples, token)]),
  );
}

function tokenOfFinding(finding: Finding, located: LocatedRow): number {
  const { uncut, options, placed } = located;
  const { inputIds, labels } = uncut;
  switch (finding) {
    case 'labels.noSpans':
      return placed === null ? 0 : firstTokenOf(placed, firstWantedAnswer(placed.dialogue));
    case 'labels.markerMissing':
      return whereMarkerShouldStand(located);
    case 'labels.contentLost':
      return placed === null
        ? 0
        : firstTokenOf(placed, lostMessage(placed.dialogue, placed.masked, options) ?? 0);
    case 'labels.onlyTerminator':
    case 'data.preference':
      return firstTrained(labels);
    case 'tokens.endNotTrained':
      return whereEndShouldStand(located);
    case 'tokens.doubleBos':
      return inputIds[1] === options.tokenizer.bosId ? 1 : 0;
    case 'tokens.headerTrained': {
      const header = placed && options.template && trainedHeader(placed.masked, options.template);
      return placed === null || header === null ? firstTrained(labels) : placed.tokenAt(header);
    }
    case 'tokens.specialInContent':
    case 'data.placeholder':
      return whereSpelled(finding, located);
    case 'data.imageIgnored':
      // What is left out has no token: images stand with the words of the user.
      return placed === null ? 0 : firstTokenOf(placed, firstMessage(placed, 'user'));
    default:
      return assertNever(finding);
  }
}

/** Of a row without a trained token: the first answer, or its end, where one would follow. */
function tokenOfEmpty({ placed, uncut, row }: LocatedRow): number {
  if (row.kind === 'tokenized' || (row.kind !== 'pair' && placed === null)) return 0;
  const answer = placed === null ? -1 : firstMessage(placed, 'assistant');
  return placed !== null && answer >= 0 ? firstTokenOf(placed, answer) : uncut.inputIds.length - 1;
}

/** The first lost token that would be trained, else the first lost one; null where none is. */
function firstCut({ row, uncut, options, examples: [example] }: LocatedRow): number | null {
  const { inputIds, labels } = uncut;
  if (row.kind === 'text' || inputIds.length <= options.maxLength) return null;
  if (options.truncation === 'drop') return example?.dropped === 'truncated' ? options.maxLength : null;
  const kept = keptSpans(uncut, truncationOf(options));
  const isCut = (token: number) => !kept.some(({ start, end }) => token >= start && token < end);
  const lost = labels.findIndex((label, token) => label !== IGNORE_INDEX && isCut(token));
  if (lost >= 0) return lost;
  const first = inputIds.findIndex((_, token) => isCut(token));
  return first < 0 ? null : first;
}

/** In front of the first answer, or of the first question where that marker is the one that lacks. */
function whereMarkerShouldStand({ placed, options }: LocatedRow): number {
  if (placed === null) return 0;
  const { text, contentSpans } = placed.masked.rendered;
  const isResponse = missingMarker(text, contentSpans, options.markers) === options.markers.response;
  const owner = firstMessage(placed, isResponse ? 'assistant' : 'user');
  const token = placed.owners.indexOf(owner);
  return owner < 0 || token < 0 ? 0 : token;
}

/** The end that follows the first answer without being trained; its last token where none follows. */
function whereEndShouldStand({ placed, uncut, options }: LocatedRow): number {
  const { labels, inputIds } = uncut;
  const last =
    placed === null
      ? labels.findLastIndex(label => label !== IGNORE_INDEX)
      : lastTrainedOfFirst(labels, placed.owners);
  const behind = inputIds[last + 1];
  return behind !== undefined && options.tokenizer.endOfGenerationIds.has(behind)
    ? last + 1
    : Math.max(0, last);
}

function lastTrainedOfFirst(labels: Int32Array, owners: Int32Array): number {
  const owner = owners[firstTrained(labels)];
  return labels.findLastIndex((label, token) => label !== IGNORE_INDEX && owners[token] === owner);
}

function whereSpelled(finding: 'tokens.specialInContent' | 'data.placeholder', located: LocatedRow): number {
  const { placed, row, options } = located;
  const { specialTokens } = options.tokenizer;
  if (placed !== null) {
    const { text, contentSpans } = placed.masked.rendered;
    const at =
      finding === 'tokens.specialInContent'
        ? firstSpelledSpecial(text, contentSpans, specialTokens)
        : placeholderIn(placed);
    return at === null ? 0 : placed.tokenAt(at);
  }
  const text = row.kind === 'text' ? row.text : row.kind === 'pair' ? row.prompt + row.completion : null;
  if (text === null) return 0;
  const all = [{ start: 0, end: text.length }];
  const at =
    finding === 'tokens.specialInContent'
      ? firstSpelledSpecial(text, all, specialTokens)
      : text.indexOf(firstPlaceholder(text) ?? '');
  const tokens = tokenizeRendered(options.tokenizer, text, all, options.parseSpecialInContent);
  if (at === null || !tokens.ok) return 0;
  const { inputIds, ends } = tokens.value;
  const token = tokenAtByte(ends, Buffer.byteLength(text.slice(0, at)));
  return token + tokensInFront(inputIds, options.tokenizer).length;
}

/** Of the first message that holds one, as far as the template prints it. */
function placeholderIn({ dialogue, masked: { rendered } }: PlacedDialogue): number | null {
  for (const [index, { content }] of dialogue.conversation.messages.entries()) {
    const found = content === null ? null : firstPlaceholder(content);
    if (found === null) continue;
    const own = rendered.contentSpans.find(({ message }) => message === index);
    const at = rendered.text.indexOf(found, own?.start ?? 0);
    if (at >= 0) return at;
  }
  return null;
}

function firstMessage({ dialogue }: PlacedDialogue, role: 'user' | 'assistant'): number {
  return dialogue.conversation.messages.findIndex(message => message.role === role);
}

/** The first token of a message's own words; of its turn where it has none; where it would stand, if it left no trace. */
function firstTokenOf({ content, turns, owners }: PlacedDialogue, message: number): number {
  for (const tokens of [content, turns, owners]) {
    const first = tokens.indexOf(message);
    if (first >= 0) return first;
  }
  const behind = owners.findIndex(owner => owner > message);
  return behind < 0 ? Math.max(0, owners.length - 1) : behind;
}

function firstTrained(labels: Int32Array): number {
  const first = labels.findIndex((label, token) => token > 0 && label !== IGNORE_INDEX);
  return Math.max(0, first);
}

/** A text that makes several examples has its tokens in one after the other. */
function inItsPart(examples: readonly LabelledExample[], token: number): CheckPlaces[string] {
  let part = 0;
  let left = token;
  if (examples.length > 1) {
    while (part < examples.length - 1 && left >= (examples[part]?.inputIds.length ?? 0))
      left -= examples[part++]?.inputIds.length ?? 0;
  }
  return { part, token: left };
}
