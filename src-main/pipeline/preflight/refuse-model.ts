/** A file that is no model at all, as the report that it is: nothing could be labelled with it. */
import type { CodedError } from '../../../src-shared/contract/coded-error.ts';
import {
  NO_TOTALS,
  type PreflightReport,
  preflightReportSchema,
} from '../../../src-shared/domain/preflight.ts';
import { fires } from './preflight-facts.ts';

const KINDS: Readonly<Record<string, string>> = {
  adapter: 'an adapter, which changes a model and is none',
  mmproj: 'a projector, which lets a model see or hear and is none',
  imatrix: 'an importance matrix, which helps to quantize a model',
};

/** The report in `details` of an error `preflight.blocked`; null where the file is a model, or cannot be read. */
export function refuseModel(error: CodedError): CodedError | null {
  const type = (error.details as { type?: unknown } | undefined)?.type;
  if (error.code !== 'model.loadFailed' || typeof type !== 'string') return null;
  const kind = KINDS[type] ?? `of the type ${type}`;
  const cause = `The file is ${kind}. Give the GGUF file of the language model itself in model.path.`;
  const verdict = fires('model.untrainable', 'error', 'The model file holds no model.', cause);
  return blockedBy({
    status: 'blocked',
    totals: NO_TOTALS,
    checks: [{ ...verdict, fixes: [] }],
    estimate: {
      memoryBytes: 0,
      secondsPerStep: null,
      assumptions: ['Without a model there is nothing to estimate.'],
    },
  });
}

/** The report that keeps a run from starting, as an error. */
export function blockedBy(report: PreflightReport): CodedError {
  const errors = report.checks.filter(check => check.severity === 'error' && check.allowed !== true);
  const hasFix = errors.some(check => check.fixes.length > 0);
  return {
    code: 'preflight.blocked',
    title: 'Preflight found a reason not to train.',
    cause: errors.map(check => `${check.id}: ${check.title} ${check.cause}`).join('\n'),
    remedy: hasFix
      ? 'Apply one of the fixes that preflight has tried, or mend the data, and check again.'
      : 'Mend the data or the recipe, and check again.',
    details: report,
  };
}

/** The report of an error that `blockedBy` made; null for every other error. */
export function reportBehind(error: CodedError): PreflightReport | null {
  if (error.code !== 'preflight.blocked') return null;
  const parsed = preflightReportSchema.safeParse(error.details);
  return parsed.success ? parsed.data : null;
}
