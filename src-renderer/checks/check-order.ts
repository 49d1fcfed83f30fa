/** Which checks to read first. */
import type { Check, PreflightReport, Severity } from '../../src-shared/domain/preflight.ts';

const WEIGHT = { error: 0, warning: 1, info: 2, ok: 3 } as const satisfies Record<Severity, number>;

/** Without those that pass; within a severity, those that concern more rows first. */
export function worstFirst(checks: readonly Check[]): readonly Check[] {
  return checks
    .filter(check => check.severity !== 'ok')
    .sort((a, b) => WEIGHT[a.severity] - WEIGHT[b.severity] || b.count - a.count);
}

export function checksOf(report: PreflightReport, severity: Severity): readonly Check[] {
  return report.checks.filter(check => check.severity === severity);
}
