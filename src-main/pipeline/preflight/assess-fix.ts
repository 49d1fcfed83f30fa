/** What a tried change does, compared with what is: the fix with its effect in words and figures, or nothing. */
import type { Fix, Severity } from '../../../src-shared/domain/preflight.ts';
import type { RecipeChange } from './change-recipe.ts';
import { number, type Verdict } from './preflight-facts.ts';

/** What preflight says of some rows under one recipe. */
export interface TrialReport {
  readonly verdicts: readonly Verdict[];
  readonly examples: number;
  readonly kept: number;
  readonly trainableTokens: number;
}

const RANK: Readonly<Record<Severity, number>> = { ok: 0, info: 1, warning: 2, error: 3 };

/**
 * Null where the check does not get better, where fewer rows are trained, or where something else begins
 * to block. `before` and `after` are about the same rows, of which the dataset has `allExamples`.
 */
export function assessFix(
  change: RecipeChange,
  checkId: string,
  before: TrialReport,
  after: TrialReport,
  allExamples: number,
): Fix | null {
  const was = verdictOf(before, checkId);
  const is = verdictOf(after, checkId);
  const isBetter =
    RANK[is.severity] < RANK[was.severity] ||
    (is.severity === was.severity && (is.count < was.count || savesAnswers(checkId, before, after)));
  const blocked = new Set(before.verdicts.filter(isBlocking).map(({ id }) => id));
  const blocksMore = after.verdicts.some(verdict => isBlocking(verdict) && !blocked.has(verdict.id));
  if (!isBetter || blocksMore || after.trainableTokens === 0 || after.kept < before.kept) return null;
  const partly = before.examples < allExamples;
  const scope = partly ? ` (tried on ${number(before.examples)} of ${number(allExamples)} rows)` : '';
  return {
    id: change.id,
    label: `${change.words}: ${effectOf(was, is, before, after)}${scope}`,
    set: { ...change.set },
    promise: {
      severity: is.severity,
      count: is.count,
      kept: after.kept,
      trainableTokens: after.trainableTokens,
      tried: before.examples,
      examples: allExamples,
    },
  };
}

/** Rows may be as long as before and yet lose less of their answers. */
function savesAnswers(checkId: string, before: TrialReport, after: TrialReport): boolean {
  return checkId === 'length.truncated' && after.trainableTokens > before.trainableTokens;
}

function effectOf(was: Verdict, is: Verdict, before: TrialReport, after: TrialReport): string {
  const effects: string[] = [];
  if (after.kept !== before.kept) {
    effects.push(`${number(after.kept)} of ${number(after.examples)} rows are trained`);
  } else if (is.severity === 'error' || is.severity === 'warning') {
    effects.push(
      is.count < was.count
        ? `${number(is.count)} rows are left of ${number(was.count)}`
        : `${number(is.count)} rows stay, with less harm`,
    );
  } else {
    effects.push(is.severity === 'ok' ? sentence(is.title) : `${number(is.count)} rows change`);
  }
  if (after.kept === before.kept && after.trainableTokens !== before.trainableTokens)
    effects.push(
      `${number(after.trainableTokens)} tokens are trained instead of ${number(before.trainableTokens)}`,
    );
  return effects.join(', ');
}

function sentence(title: string): string {
  return title.replace(/\.$/, '').replace(/^[A-Z](?=[a-z])/, letter => letter.toLowerCase());
}

function verdictOf({ verdicts }: TrialReport, id: string): Verdict {
  const found = verdicts.find(verdict => verdict.id === id);
  return found ?? { id, severity: 'ok', title: '', cause: '', count: 0, rows: [] };
}

function isBlocking({ severity }: Verdict): boolean {
  return severity === 'error';
}
