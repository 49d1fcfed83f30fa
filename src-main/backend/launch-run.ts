/** Preflight, then training, from any host: the one place that may start a run. */
import { type CodedError, fail, type Outcome, ok } from '../../src-shared/contract/coded-error.ts';
import type { PreflightReport } from '../../src-shared/domain/preflight.ts';
import type { RunParent } from '../../src-shared/domain/run.ts';
import type { FinishedEvent } from '../../src-shared/domain/training.ts';
import type { Recipe } from '../../src-shared/recipe/schema.ts';
import type { Prepared } from '../pipeline/job-results.ts';
import { blockedBy } from '../pipeline/preflight/refuse-model.ts';
import type { BackendParts } from './backend-parts.ts';
import { dataNameOf, modelNameOf } from './display-names.ts';
import { type LaunchOptions, superviseRun } from './supervise-run.ts';

export interface LaunchedRun {
  readonly id: string;
  readonly report: PreflightReport;
  /** Resolves when the run is over and everything about it is in the history. Never rejects. */
  readonly finished: Promise<FinishedEvent>;
}

/** Errors: `preflight.blocked` (the report is in `details`), `model.vocabOnly`, `compute.busy`, the preparation's. */
export async function launchRun(
  parts: BackendParts,
  asked: Recipe,
  options: LaunchOptions,
): Promise<Outcome<LaunchedRun>> {
  const recipe = withDate(asked, parts.now());
  const lease = options.lease ? ok(options.lease) : parts.lease.take(`the run ${recipe.name}`);
  if (!lease.ok) return lease;
  let launched = false;
  try {
    const prepared = await parts.workers.preparer.prepare(recipe, options);
    if (!prepared.ok) return prepared;
    const refusal = options.refuse?.(prepared.value) ?? refuseLaunch(prepared.value);
    if (refusal) return fail(refusal);
    const parent = options.parent ?? null;
    const id = createRun(parts, recipe, prepared.value, parent);
    launched = true;
    const finished = superviseRun(
      parts,
      {
        id,
        recipe,
        prepared: prepared.value,
        parent,
        from: null,
        isResumed: false,
        warnings: [...warningsOf(recipe, prepared.value), ...(options.warningsOf?.(prepared.value) ?? [])],
      },
      options,
      lease.value,
    );
    return ok({ id, report: prepared.value.report, finished });
  } finally {
    if (!launched) lease.value.release();
  }
}

/** What a template prints as today stays the day of the run's start: stored with it, for chat and for going on. */
function withDate(recipe: Recipe, now: Date): Recipe {
  const date = recipe.template.date ?? now.toISOString().slice(0, 'YYYY-MM-DD'.length);
  return { ...recipe, template: { ...recipe.template, date } };
}

/** Null where the run may start. Zero trained tokens are never let through, whatever the checks say. */
export function refuseLaunch({ report, vocabularyOnly }: Prepared): CodedError | null {
  if (report.status === 'blocked' || report.totals.trainableTokens === 0) return blockedBy(report);
  if (!vocabularyOnly) return null;
  return {
    code: 'model.vocabOnly',
    title: 'The model file holds a vocabulary only.',
    cause: 'There are no weights to train an adapter on.',
    remedy: 'Choose the GGUF file with the weights of the model.',
  };
}

function createRun(
  parts: BackendParts,
  recipe: Recipe,
  prepared: Prepared,
  parent: RunParent | null,
): string {
  const id = parts.newId();
  parts.store.create({
    id,
    name: recipe.name,
    createdAt: parts.now().toISOString(),
    recipe,
    hashes: prepared.hashes,
    versions: parts.versions,
    preflight: prepared.report,
    modelName: modelNameOf(recipe, prepared.modelName),
    dataName: dataNameOf(recipe),
    plannedSteps: prepared.report.totals.steps,
    ownerPid: process.pid,
    ...(parent === null ? {} : { parent }),
  });
  return id;
}

/** What was let through knowingly stays with the run, beside the report that holds it. */
function warningsOf({ model, training }: Recipe, { hashes, report }: Prepared) {
  const warnings = report.checks
    .filter(check => check.allowed === true)
    .map(check => ({
      code: 'preflight.allowed',
      message: `${check.id} was let through by preflight.allow: ${check.title}`,
    }));
  if (model.sha256 !== null && model.sha256 !== hashes.model) {
    const message = 'The model file is not the one that the recipe was made with: its hash is another.';
    warnings.push({ code: 'model.hashMismatch', message });
  }
  if (training.sampleEverySteps > 0 && training.samplePrompts.length === 0) {
    const message = 'training.sampleEverySteps asks for samples, and training.samplePrompts has no prompt.';
    warnings.push({ code: 'training.noSamplePrompts', message });
  }
  return warnings;
}
