/** The report of the prepared data, with what depends on the run: steps, memory, and what is let through. */
import type { Check, PreflightReport } from '../../../src-shared/domain/preflight.ts';
import { worstFirst } from './check-dataset.ts';
import { checkRun } from './check-run.ts';
import { estimateMemory } from './estimate-memory.ts';
import type { RunFacts } from './run-facts.ts';
import { runFixes } from './run-fixes.ts';

export type DataReport = Pick<PreflightReport, 'totals' | 'checks'>;

/** Fixes that a check shows at most. */
const MOST_FIXES = 4;

export function completeReport(data: DataReport, facts: RunFacts): PreflightReport {
  const ofRun = checkRun(facts).map(verdict => ({
    ...verdict,
    fixes: runFixes(verdict, facts).slice(0, MOST_FIXES),
  }));
  const allowed = new Set(facts.recipe.preflight.allow);
  const checks = worstFirst([...data.checks, ...ofRun]).map(
    (check): Check =>
      isBlocking(check) && allowed.has(check.id) && check.id !== 'labels.none'
        ? { ...check, allowed: true }
        : check,
  );
  return {
    status: checks.some(check => isBlocking(check) && !check.allowed) ? 'blocked' : 'ready',
    totals: { ...data.totals, steps: facts.plan.steps },
    checks,
    estimate: estimateMemory(facts),
  };
}

function isBlocking({ severity }: Check): boolean {
  return severity === 'error';
}
