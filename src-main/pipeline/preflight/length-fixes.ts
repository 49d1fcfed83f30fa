/** Other maximum lengths, with what each does to the whole dataset: computed, since every length is known. */
import type { Fix } from '../../../src-shared/domain/preflight.ts';
import type { Truncation } from '../truncate-example.ts';
import { severityOfCut } from './check-lengths.ts';
import type { DatasetCounts } from './count-dataset.ts';
import { type DataFacts, number } from './preflight-facts.ts';

/** Shares of the cut rows that a longer limit is looked for to recover. */
const RECOVERED_SHARES = [0.95, 1];

/** The smallest limits that recover a share of the cut rows, or the context of the model where that is less. */
export function recoveringLimits({ counts, recipe, model }: DataFacts): number[] {
  const { maxLength } = recipe.collator;
  const context = model.contextLength === 0 ? Number.POSITIVE_INFINITY : model.contextLength;
  const limits = RECOVERED_SHARES.flatMap(share => {
    const limit = counts.lengths.limitThatRecovers(share, maxLength);
    return limit === null ? [] : [Math.min(limit, context)];
  });
  return [...new Set(limits)].filter(limit => limit > maxLength);
}

/** For `length.truncated`. */
export function longerLimits(facts: DataFacts): Fix[] {
  return recoveringLimits(facts).flatMap(limit => limitFix(facts, limit) ?? []);
}

function limitFix({ counts, recipe, model }: DataFacts, limit: number): Fix | null {
  const { truncation, maxLength } = recipe.collator;
  const before = counts.lengths.countCut(maxLength, truncation);
  const after = counts.lengths.countCut(limit, truncation);
  const recovered = before.cut - after.cut;
  if (recovered === 0) return null;
  // How much of an answer a longer limit still cuts is not in the table: only a limit without cuts is certain.
  if (truncation === 'prompt-first' && after.cut > 0) return null;
  const left = after.cut === 0 ? '' : `, ${number(after.cut)} are still cut`;
  const capped = limit === model.contextLength ? ', the context of the model' : '';
  return {
    id: `collator.maxLength.${limit}`,
    label: `Raise the maximum length to ${number(limit)}${capped}: ${number(recovered)} ${recovered === 1 ? 'row is whole' : 'rows are whole'}${left}`,
    set: { 'collator.maxLength': limit },
    promise: {
      severity:
        after.cut === 0
          ? 'ok'
          : severityOfCut({ whole: after.lost, examples: counts.examples, isHarmless: false }),
      count: after.cut,
      kept: counts.kept + before.lost - after.lost,
      ...cutExamples(counts, truncation, after.cut),
      tried: counts.examples,
      examples: counts.examples,
    },
  };
}

/** For `length.effective`: the context of the model as the limit that is set, too. */
export function contextLimit({ counts, recipe, model, format }: DataFacts): Fix[] {
  const limit = model.contextLength;
  if (limit < 2 || recipe.collator.maxLength <= limit) return [];
  const { cut } = counts.lengths.countCut(limit, recipe.collator.truncation);
  const effect =
    format === 'text' && cut > 0
      ? 'longer texts are split there'
      : cut === 0
        ? 'no row is longer'
        : `${number(cut)} ${cut === 1 ? 'row is' : 'rows are'} cut there`;
  return [
    {
      id: 'collator.maxLength',
      label: `Lower the maximum length to ${number(limit)}, the context of the model: ${effect}`,
      set: { 'collator.maxLength': limit },
      promise: {
        severity: 'ok',
        count: 0,
        ...(format === 'text' ? {} : cutExamples(counts, recipe.collator.truncation, cut)),
        tried: counts.examples,
        examples: counts.examples,
      },
    },
  ];
}

/** The total also counts rows that are left out for another reason, whose lengths are not in the table. */
function cutExamples({ dropped, examples, kept }: DatasetCounts, truncation: Truncation, cut: number) {
  const isWhole = kept + dropped.truncated.count === examples;
  return isWhole && truncation !== 'drop' ? { truncatedExamples: cut } : {};
}
