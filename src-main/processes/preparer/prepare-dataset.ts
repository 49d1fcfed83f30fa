/** Data file → prepared dataset and preflight report: streamed, whole, before any weights are loaded. */
import { existsSync, mkdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { CodedException, fail, type Outcome, ok, orThrow } from '../../../src-shared/contract/coded-error.ts';
import type { LabelledExample } from '../../../src-shared/domain/labels.ts';
import type { Check, Fix } from '../../../src-shared/domain/preflight.ts';
import type { Recipe } from '../../../src-shared/recipe/schema.ts';
import { type PreparedMeta, VERSION } from '../../adapters/prepared/format.ts';
import { removeLeftovers } from '../../adapters/prepared/leftovers.ts';
import { PreparedDataset } from '../../adapters/prepared/prepared-reader.ts';
import { PreparedWriter } from '../../adapters/prepared/prepared-writer.ts';
import { planTraining } from '../../pipeline/batches/training-plan.ts';
import { DatasetSplit, type DuplicateCounts } from '../../pipeline/duplicates/split-dataset.ts';
import type { Prepared } from '../../pipeline/job-results.ts';
import { checkDataset } from '../../pipeline/preflight/check-dataset.ts';
import { checkDuplicates } from '../../pipeline/preflight/check-duplicates.ts';
import { checkValidation } from '../../pipeline/preflight/check-validation.ts';
import { completeReport, type DataReport } from '../../pipeline/preflight/complete-report.ts';
import { DatasetCounter } from '../../pipeline/preflight/count-dataset.ts';
import { refuseModel } from '../../pipeline/preflight/refuse-model.ts';
import type { JobContext } from '../child-channel.ts';
import type { PrepareJob } from '../protocol.ts';
import { freeMemoryBytes } from './free-memory.ts';
import { gatherFacts, type OpenedRecipe, type Surroundings } from './gather-facts.ts';
import { hashFiles, hashModel, hashText, type OnRead } from './hash-file.ts';
import { cancelled, type LabellingContext, labelRows, PROGRESS_EVERY_MS } from './label-rows.ts';
import { type Labeller, openLabeller } from './open-labeller.ts';
import { proveBatches } from './prove-batches.ts';
import { dataPaths, detectRecipeFormat } from './read-rows.ts';
import { tryDropping, tryFixes } from './try-fixes.ts';

/** A job's context, and how its rows are labelled. */
type PrepareContext = JobContext & Pick<LabellingContext, 'threadFile' | 'onStuckThread'>;

export async function prepareDataset(job: PrepareJob, context: PrepareContext): Promise<Outcome<Prepared>> {
  const { recipe } = job;
  context.reportProgress({ phase: 'opening the data', done: 0, total: null });
  const format = await detectRecipeFormat(recipe);
  const opening = await openLabeller(recipe, format, context.nativeDirectory, job.now);
  if (!opening.ok) return fail(refuseModel(opening.error) ?? opening.error);
  const labeller = opening.value;
  try {
    const directory = join(job.cacheDirectory, 'prepared');
    mkdirSync(directory, { recursive: true });
    for (const folder of [job.cacheDirectory, directory]) removeLeftovers(folder);
    const hashes = await hashInputs(job, labeller, context);
    const preparedPath = join(directory, `${hashes.preparedDataset}.luthdata`);
    const known = existsSync(preparedPath) ? PreparedDataset.open(preparedPath) : null;
    // The cache keeps what was used last, by the time of the file.
    if (known?.ok) utimesSync(preparedPath, new Date(), new Date());
    if (!known?.ok) {
      const opened = { recipe, format, labeller };
      const surroundings = { nativeDirectory: context.nativeDirectory, now: job.now };
      await writePrepared(preparedPath, opened, hashes, surroundings, context);
    }
    const dataset = known?.ok ? known.value : orThrow(PreparedDataset.open(preparedPath));
    try {
      return ok(result(preparedPath, dataset, recipe, labeller, context.nativeDirectory));
    } finally {
      dataset.close();
    }
  } finally {
    labeller.dispose();
  }
}

/** What depends on keys outside the prepared bytes is added each time: steps, memory, overrides. */
function result(
  preparedPath: string,
  dataset: PreparedDataset,
  recipe: Recipe,
  { model }: Labeller,
  nativeDirectory: string,
): Prepared {
  const { info } = model;
  const { meta } = dataset;
  const trainingLengths = dataset.lengthsOf(dataset.indicesOf('training'));
  const data = { ...meta.report, checks: [...meta.report.checks, ...proveBatches(dataset, recipe)] };
  const report = completeReport(data, {
    recipe,
    totals: meta.report.totals,
    trainingLengths,
    plan: planTraining({ ...recipe.training, ...recipe.collator, lengths: trainingLengths }),
    model: info,
    freeMemoryBytes: freeMemoryBytes(recipe.device.backend, nativeDirectory),
  });
  return {
    preparedPath,
    report,
    hashes: meta.hashes,
    vocabularyOnly: info.parameters === 0,
    modelName: info.name ?? '',
  };
}

/** What the prepared bytes depend on, and nothing else: a change of learning rate finds the same file. */
async function hashInputs(
  job: PrepareJob,
  labeller: Labeller,
  context: JobContext,
): Promise<Prepared['hashes']> {
  const { recipe } = job;
  const { validation } = recipe.dataset;
  const paths = dataPaths(recipe);
  const validationPaths = typeof validation === 'object' && 'path' in validation ? [validation.path] : [];
  const onRead = watchReading(context);
  const [data, held, model] = await Promise.all([
    hashFiles(paths, onRead),
    hashFiles(validationPaths, onRead),
    hashModel(recipe.model.path, job.cacheDirectory, onRead),
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

/** Says how many MiB were read, and stops where that is asked for: a large model takes longer than any silence. */
function watchReading({ signal, reportProgress }: JobContext): OnRead {
  let bytes = 0;
  let reportedAt = performance.now();
  return read => {
    bytes += read;
    if (performance.now() - reportedAt < PROGRESS_EVERY_MS) return;
    reportedAt = performance.now();
    if (signal.aborted) throw cancelled('Its files were being read.');
    reportProgress({ phase: 'reading the files, MiB', done: Math.round(bytes / 2 ** 20), total: null });
  };
}

async function writePrepared(
  path: string,
  opened: OpenedRecipe & { readonly labeller: Labeller },
  hashes: Prepared['hashes'],
  surroundings: Surroundings,
  context: PrepareContext,
): Promise<void> {
  const { recipe, format, labeller } = opened;
  const { dataset, training } = recipe;
  const { tokenizer } = labeller.options;
  const counter = new DatasetCounter(tokenizer.endOfGenerationIds);
  const validationCounter = new DatasetCounter(tokenizer.endOfGenerationIds);
  const writer = new PreparedWriter(path);
  const split = new DatasetSplit(dataset.duplicates);
  let written = 0;
  const label = (paths: readonly string[], limit: number | null) =>
    labelRows({ recipe, format, paths, limit }, labeller, { ...context, ...surroundings });
  try {
    for await (const row of label(dataPaths(recipe), dataset.limit)) {
      for (const example of split.addData(row)) {
        if (example.dropped === 'invalid' && dataset.onInvalidRow === 'stop')
          throw invalidRow(example, await tryDropping(opened, surroundings, context));
        counter.add(example);
        writer.add(example);
        written++;
      }
    }
    const dataExamples = written;
    if (typeof dataset.validation === 'object' && 'path' in dataset.validation) {
      for await (const row of label([dataset.validation.path], null)) {
        for (const example of split.addValidation(row)) {
          validationCounter.add(example);
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
    const report = await reportOnData(
      opened,
      counter,
      written > dataExamples ? [checkValidation(validationCounter.counts())] : [],
      split.counts(),
      trainingExamples,
      surroundings,
      context,
    );
    const meta: PreparedMeta = {
      examples: written,
      dataExamples,
      trainingExamples,
      padId: labeller.model.info.padId ?? tokenizer.eosId ?? 0,
      hashes,
      report,
    };
    writer.finish(meta, partOf);
  } finally {
    writer.dispose();
  }
}

async function reportOnData(
  opened: OpenedRecipe,
  counter: DatasetCounter,
  ofValidation: readonly Check[],
  duplicates: DuplicateCounts,
  trainingExamples: number,
  surroundings: Surroundings,
  context: JobContext,
): Promise<DataReport> {
  const facts = await gatherFacts(opened, counter.counts(), trainingExamples, surroundings);
  const checks = await tryFixes(opened, facts, checkDataset(facts), surroundings, context);
  return {
    totals: counter.totals(0),
    checks: [...checks, ...ofValidation, checkDuplicates(duplicates, opened.recipe.dataset.duplicates)],
  };
}

function invalidRow({ row, line, problem }: LabelledExample, fix: Fix | null): CodedException {
  return new CodedException({
    code: 'data.invalidRow',
    title: 'A row of the data cannot be read.',
    cause: `Row ${row}, line ${line}: ${problem}`,
    remedy:
      `Mend the row, or set dataset.onInvalidRow to drop. ${fix === null ? '' : `${fix.label}.`}`.trim(),
    details: { row, line, fixes: fix === null ? [] : [fix] },
  });
}
