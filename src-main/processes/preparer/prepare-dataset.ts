/** Data file → prepared dataset and preflight report: streamed, whole, before any weights are loaded. */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { CodedException, fail, type Outcome, ok, orThrow } from '../../../src-shared/contract/coded-error.ts';
import type { LabelledExample } from '../../../src-shared/domain/labels.ts';
import type { PreflightReport } from '../../../src-shared/domain/preflight.ts';
import type { Recipe } from '../../../src-shared/recipe/schema.ts';
import { VERSION } from '../../adapters/prepared/format.ts';
import { PreparedDataset } from '../../adapters/prepared/prepared-reader.ts';
import { PreparedWriter } from '../../adapters/prepared/prepared-writer.ts';
import { DatasetSplit, type DuplicateCounts } from '../../pipeline/duplicates/split-dataset.ts';
import type { RowFormat } from '../../pipeline/import/import-options.ts';
import type { Prepared } from '../../pipeline/job-results.ts';
import { checkDataset, worstFirst } from '../../pipeline/preflight/check-dataset.ts';
import { checkDuplicates } from '../../pipeline/preflight/check-duplicates.ts';
import { checkFindings, withFindings } from '../../pipeline/preflight/check-findings.ts';
import { checkModel } from '../../pipeline/preflight/check-model.ts';
import { DatasetCounter } from '../../pipeline/preflight/count-dataset.ts';
import { estimateMemory } from '../../pipeline/preflight/estimate-memory.ts';
import { planTraining } from '../../pipeline/training-plan.ts';
import { refuseUnsupported } from '../../pipeline/unsupported-keys.ts';
import type { JobContext } from '../child-channel.ts';
import type { PrepareJob } from '../protocol.ts';
import { hashFiles, hashModel, hashText } from './hash-file.ts';
import { labelRows } from './label-rows.ts';
import { type Labeller, openLabeller } from './open-labeller.ts';
import { dataPaths, detectRecipeFormat } from './read-rows.ts';

export async function prepareDataset(job: PrepareJob, context: JobContext): Promise<Outcome<Prepared>> {
  const { recipe } = job;
  const unsupported = refuseUnsupported(recipe, 'prepare');
  if (unsupported) return fail(unsupported);
  context.reportProgress({ phase: 'opening the data', done: 0, total: null });
  const format = await detectRecipeFormat(recipe);
  const labeller = orThrow(await openLabeller(recipe, format, context.nativeDirectory, job.now));
  try {
    const hashes = await hashInputs(job, labeller);
    const preparedPath = join(job.cacheDirectory, 'prepared', `${hashes.preparedDataset}.luthdata`);
    const known = existsSync(preparedPath) ? PreparedDataset.open(preparedPath) : null;
    if (known?.ok) {
      const { report } = known.value.meta;
      known.value.close();
      return ok(
        result(preparedPath, withSteps(report, recipe, known.value.meta.trainingExamples), labeller, hashes),
      );
    }
    mkdirSync(join(job.cacheDirectory, 'prepared'), { recursive: true });
    const report = await writePrepared(preparedPath, recipe, format, labeller, hashes, context);
    return ok(result(preparedPath, report, labeller, hashes));
  } finally {
    labeller.dispose();
  }
}

function result(
  preparedPath: string,
  report: PreflightReport,
  labeller: Labeller,
  hashes: Prepared['hashes'],
): Prepared {
  const { info } = labeller.model;
  return {
    preparedPath,
    report,
    hashes,
    vocabularyOnly: info.parameters === 0,
    modelName: info.name ?? '',
  };
}

/** What the prepared bytes depend on, and nothing else: a change of learning rate finds the same file. */
async function hashInputs(job: PrepareJob, labeller: Labeller): Promise<Prepared['hashes']> {
  const { recipe } = job;
  const { validation } = recipe.dataset;
  const paths = dataPaths(recipe);
  const validationPaths = typeof validation === 'object' && 'path' in validation ? [validation.path] : [];
  const [data, held, model] = await Promise.all([
    hashFiles(paths),
    hashFiles(validationPaths),
    hashModel(recipe.model.path, job.cacheDirectory),
  ]);
  const template = hashText(labeller.templateSource);
  const { path: _path, ...dataset } = recipe.dataset;
  const printsDate = labeller.templateSource.includes('strftime_now');
  const options = {
    dataset,
    template: { ...recipe.template, path: null, date: null },
    masking: recipe.masking,
    collator: recipe.collator,
    seed: recipe.training.seed,
    date: printsDate ? job.now : null,
    files: paths.length,
    build: labeller.buildHash,
    version: VERSION,
  };
  return {
    data,
    model,
    template,
    preparedDataset: hashText(JSON.stringify([data, held, model, template, options])),
  };
}

async function writePrepared(
  path: string,
  recipe: Recipe,
  format: RowFormat,
  labeller: Labeller,
  hashes: Prepared['hashes'],
  context: JobContext,
): Promise<PreflightReport> {
  const { dataset, training } = recipe;
  const { tokenizer } = labeller.options;
  const counter = new DatasetCounter(tokenizer.endOfGenerationIds);
  const writer = new PreparedWriter(path);
  const split = new DatasetSplit(dataset.duplicates);
  let written = 0;
  const label = (paths: readonly string[], limit: number | null) =>
    labelRows({ recipe, format, paths, limit }, labeller, context);
  try {
    for await (const row of label(dataPaths(recipe), dataset.limit)) {
      for (const example of split.addData(row)) {
        if (example.dropped === 'invalid' && dataset.onInvalidRow === 'stop') throw invalidRow(example);
        counter.add(example);
        writer.add(example);
        written++;
      }
    }
    const dataExamples = written;
    if (typeof dataset.validation === 'object' && 'path' in dataset.validation) {
      for await (const row of label([dataset.validation.path], null)) {
        for (const example of split.addValidation(row)) {
          writer.add(example);
          written++;
        }
      }
    }
    const fraction =
      typeof dataset.validation === 'object' && 'fraction' in dataset.validation
        ? dataset.validation.fraction
        : 0;
    const { trainingExamples, partOf } = split.split(fraction, training.seed);
    const preflight = reportOf(counter, split.counts(), recipe, labeller, trainingExamples);
    writer.finish(
      {
        examples: written,
        dataExamples,
        trainingExamples,
        padId: labeller.model.info.padId ?? tokenizer.eosId ?? 0,
        hashes,
        report: preflight,
      },
      partOf,
    );
    return preflight;
  } finally {
    writer.dispose();
  }
}

function reportOf(
  counter: DatasetCounter,
  duplicates: DuplicateCounts,
  recipe: Recipe,
  labeller: Labeller,
  trainingExamples: number,
): PreflightReport {
  const counts = counter.counts(trainingExamples);
  const findings = checkFindings(counter.findings(), counts.examples);
  const checks = [
    ...withFindings(checkDataset(counts), findings),
    checkDuplicates(duplicates, recipe.dataset.duplicates),
    ...checkModel(labeller.model.info),
  ];
  const report: PreflightReport = {
    status: 'ready',
    totals: counter.totals(0),
    checks: worstFirst(checks),
    estimate: estimateMemory(labeller.model.info),
  };
  return withSteps(report, recipe, trainingExamples);
}

/** The part of the report that depends on keys outside the prepared bytes. */
function withSteps(report: PreflightReport, recipe: Recipe, trainingExamples: number): PreflightReport {
  const { steps } = planTraining({ ...recipe.training, examples: trainingExamples });
  const allowed = new Set(recipe.preflight.allow);
  const blocking = report.checks.filter(check => check.severity === 'error' && !allowed.has(check.id));
  return {
    ...report,
    status: blocking.length > 0 ? 'blocked' : 'ready',
    totals: { ...report.totals, steps },
  };
}

function invalidRow({ row, line, problem }: LabelledExample): CodedException {
  return new CodedException({
    code: 'data.invalidRow',
    title: 'A row of the data cannot be read.',
    cause: `Row ${row}, line ${line}: ${problem}`,
    remedy: 'Mend the row, or set dataset.onInvalidRow to drop.',
    details: { row, line },
  });
}
