/** Every check of the data, the template and the model: what depends on the prepared bytes and on nothing else. */
import { checkLabels } from './check-labels.ts';
import { checkLengths } from './check-lengths.ts';
import { checkModel } from './check-model.ts';
import { checkRows } from './check-rows.ts';
import { checkTemplate } from './check-template.ts';
import { checkTokens } from './check-tokens.ts';
import type { DataFacts, Verdict } from './preflight-facts.ts';

export function checkDataset(facts: DataFacts): Verdict[] {
  return [
    ...checkLabels(facts),
    ...checkRows(facts),
    ...checkTemplate(facts),
    ...checkLengths(facts),
    ...checkTokens(facts),
    ...checkModel(facts.model),
  ];
}

/** The order in which checks are shown; equal ones keep theirs. */
export function worstFirst<C extends Pick<Verdict, 'severity'>>(checks: readonly C[]): C[] {
  const rank = { error: 0, warning: 1, info: 2, ok: 3 } as const;
  return [...checks].sort((a, b) => rank[a.severity] - rank[b.severity]);
}
