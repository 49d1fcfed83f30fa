/** Plain text and text pairs → ids and labels: no template, the end-of-sequence token appended. */
import type { Finding } from '../../../src-shared/domain/conversation.ts';
import { IGNORE_INDEX } from '../../../src-shared/domain/labels.ts';
import type { Span, SpanMethod } from '../../../src-shared/domain/template.ts';
import { hasPlaceholder } from '../import/find-placeholders.ts';
import type { Tokenizer } from '../ports.ts';
import { tokenizeRendered } from '../tokenize/tokenize-rendered.ts';
import { findMarkedSpans, missingMarker } from './find-markers.ts';
import { tokenFindings } from './label-conversation.ts';
import { labelTokens } from './label-tokens.ts';
import { dropForError, type Labelled, type MaskingOptions } from './labelled.ts';

/** Everything is trained, save where the recipe asks for markers. */
export function labelText(text: string, options: MaskingOptions): Labelled {
  if (options.masking !== 'markers')
    return labelWhole(text, [{ start: 0, end: text.length }], 'none', options);
  const spans = findMarkedSpans(text, [], options.markers);
  return labelWhole(text, spans, spans.length > 0 ? 'markers' : 'none', options);
}

/**
 * Prompt and completion are tokenized together; a token that reaches over the border belongs to the
 * completion.
 *
 *     "2+2=" + "4"  →  [2 + 2 = 4 <eos>], labels [-100 -100 -100 -100 4 <eos>]
 */
export function labelPair(prompt: string, completion: string, options: MaskingOptions): Labelled {
  const text = prompt + completion;
  switch (options.masking) {
    case 'full':
    case 'markers':
      return labelText(text, options);
    default:
      return labelWhole(text, [{ start: prompt.length, end: text.length }], 'offsets', options);
  }
}

function labelWhole(
  text: string,
  spans: readonly Span[],
  method: SpanMethod,
  options: MaskingOptions,
): Labelled {
  const { tokenizer, trainOnEndOfTurn } = options;
  const content = [{ start: 0, end: text.length }];
  const tokenized = tokenizeRendered(tokenizer, text, content, options.parseSpecialInContent);
  if (!tokenized.ok) return dropForError(tokenized.error);
  const own = labelTokens(text, tokenized.value, spans, {
    train: trainOnEndOfTurn,
    endOfGenerationIds: tokenizer.endOfGenerationIds,
    contentSpans: content,
  });
  const trainsEnd = trainOnEndOfTurn && spans.some(span => span.end === text.length);
  const { inputIds, labels } = frame(tokenized.value.inputIds, own, tokenizer, trainsEnd);
  const findings: Finding[] = hasPlaceholder(text) ? ['data.placeholder'] : [];
  if (options.masking === 'markers' && missingMarker(text, [], options.markers) !== null)
    findings.push('labels.markerMissing');
  findings.push(...tokenFindings({ ...tokenized.value, inputIds }, labels, options));
  return { inputIds, labels, method, dropped: null, problem: '', findings, proof: null };
}

/** The tokens that are put in front of a text's own: BOS where the vocabulary asks for it and the text spells none. */
export function tokensInFront(ids: Int32Array, { addBos, bosId }: Tokenizer): readonly number[] {
  return addBos && bosId !== null && ids[0] !== bosId ? [bosId] : [];
}

/** BOS in front where the vocabulary asks for it, EOS behind; neither where the text spells it already. */
function frame(
  ids: Int32Array,
  labels: Int32Array,
  tokenizer: Tokenizer,
  trainsEnd: boolean,
): { inputIds: Int32Array; labels: Int32Array } {
  const { eosId } = tokenizer;
  const before = tokensInFront(ids, tokenizer);
  const after = eosId !== null && ids.at(-1) !== eosId ? [eosId] : [];
  return {
    inputIds: Int32Array.from([...before, ...ids, ...after]),
    labels: Int32Array.from([
      ...before.map(() => IGNORE_INDEX),
      ...labels,
      ...after.map(id => (trainsEnd ? id : IGNORE_INDEX)),
    ]),
  };
}
