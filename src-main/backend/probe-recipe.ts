/** A real step before a run, and the preflight report with what it showed. */
import { join } from 'node:path';
import { type Outcome, ok } from '../../src-shared/contract/coded-error.ts';
import type { PreflightReport } from '../../src-shared/domain/preflight.ts';
import type { Recipe } from '../../src-shared/recipe/schema.ts';
import type { Prepared } from '../pipeline/job-results.ts';
import { withProbe } from '../pipeline/preflight/judge-probe.ts';
import type { BackendParts } from './backend-parts.ts';
import type { WorkOptions } from './ports.ts';

/**
 * A blocked report is given back as it is: there may be nothing to try a step on. Errors: `compute.busy`, and those
 * of a run that cannot begin.
 */
export async function probeRecipe(
  parts: BackendParts,
  recipe: Recipe,
  { report, preparedPath }: Prepared,
  work: WorkOptions,
): Promise<Outcome<PreflightReport>> {
  if (report.status === 'blocked') return ok(report);
  const lease = parts.lease.take(`a probe of ${recipe.name}`);
  if (!lease.ok) return lease;
  try {
    const directory = join(parts.home, 'cache', 'probe');
    const found = await parts.workers.prober.probe({ recipe, preparedPath, directory }, work);
    return found.ok ? ok(withProbe(report, recipe, found.value)) : found;
  } finally {
    lease.value.release();
  }
}
