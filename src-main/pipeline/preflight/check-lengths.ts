/** What the maximum length does to the rows, and whether the model can see that far. */
import type { Truncation } from '../truncate-example.ts';
import { adviceFor } from './drop-reasons.ts';
import {
  byShare,
  type DataFacts,
  fires,
  number,
  passes,
  rowsOf,
  SHOWN_ROWS,
  type Verdict,
} from './preflight-facts.ts';

export function checkLengths(facts: DataFacts): Verdict[] {
  return [checkTruncated(facts), checkEffective(facts)];
}

/** The launch is blocked where too many rows lose every trained token. */
export function checkTruncated({ counts, recipe, model }: DataFacts): Verdict {
  const { overLength, examples, lostTrainableTokens, trainableTokens } = counts;
  const { maxLength, truncation } = recipe.collator;
  if (overLength.count === 0) return passes('length.truncated', 'No example is cut.');
  const whole = counts.dropped.truncated.count;
  const share = (100 * lostTrainableTokens) / Math.max(1, lostTrainableTokens + trainableTokens);
  const shareText = share > 0 && share < 0.1 ? 'under 0.1' : share.toFixed(1);
  const answers =
    lostTrainableTokens === 0
      ? 'No trained token is lost.'
      : `${shareText} % of the trained tokens are lost${whole === 0 ? '' : `; ${number(whole)} of these rows ${whole === 1 ? 'loses' : 'lose'} all of theirs`}.`;
  return fires(
    'length.truncated',
    severityOfCut({
      whole,
      examples,
      isHarmless: isHarmless(recipe.collator.truncation, lostTrainableTokens),
    }),
    `${rowsOf(overLength.count, examples, 'are')} longer than ${number(maxLength)} tokens.`,
    `They are ${CUT_WORDS[truncation]} (collator.truncation is ${truncation}). ${answers} ${lostTrainableTokens === 0 ? '' : adviceAgainst(maxLength, model.contextLength)}`.trim(),
    overLength,
  );
}

const CUT_WORDS = {
  right: 'cut at the end',
  left: 'cut at the beginning',
  'prompt-first': 'cut in front of the answers',
  drop: 'left out',
} as const satisfies Record<Truncation, string>;

function adviceAgainst(maxLength: number, contextLength: number): string {
  return contextLength > 0 && maxLength >= contextLength
    ? `The context of the model, ${number(contextLength)} tokens, takes no longer rows: cut prompts instead of answers, split the conversations, or choose a model with a longer context.`
    : adviceFor('truncated');
}

/** Prompts that are cut on purpose, with every answer left whole, are no reason to warn. */
export function isHarmless(truncation: Truncation, lostTrainableTokens: number): boolean {
  return truncation === 'prompt-first' && lostTrainableTokens === 0;
}

/** `whole`: rows that lose every trained token, of `examples`. */
export function severityOfCut(cut: {
  readonly whole: number;
  readonly examples: number;
  readonly isHarmless: boolean;
}): 'error' | 'warning' | 'info' {
  return cut.isHarmless ? 'info' : byShare(cut.whole, cut.examples);
}

/** The model's own context is the limit that acts where it is the lower one. */
function checkEffective({ counts, recipe, model }: DataFacts): Verdict {
  const { maxLength } = recipe.collator;
  const { contextLength } = model;
  if (contextLength === 0)
    return passes(
      'length.effective',
      `collator.maxLength, ${number(maxLength)} tokens, is the limit that acts.`,
      'The model file names no context length.',
    );
  if (maxLength <= contextLength) {
    return passes(
      'length.effective',
      `collator.maxLength, ${number(maxLength)} tokens, is the limit that acts.`,
      `The context of the model is ${number(contextLength)} tokens.`,
    );
  }
  const above = counts.lengths.countCut(contextLength, 'right').cut;
  if (above === 0) {
    return fires(
      'length.effective',
      'warning',
      `collator.maxLength is ${number(maxLength)}, the model sees ${number(contextLength)} tokens.`,
      'The context of the model is the limit that acts. No row is longer, so nothing is lost yet.',
    );
  }
  return fires(
    'length.effective',
    'error',
    `${rowsOf(above, counts.examples, 'are')} longer than the context of the model.`,
    `The model sees ${number(contextLength)} tokens, collator.maxLength lets ${number(maxLength)} through: places beyond the context have never been trained.`,
    { count: above, rows: counts.lengths.rowsAbove(contextLength, SHOWN_ROWS) },
  );
}
