/** The loss of each row of a finished run's data, and of each of its tokens, with the run's adapter. */
import {
  type CodedError,
  CodedException,
  fail,
  type Outcome,
  ok,
} from '../../../src-shared/contract/coded-error.ts';
import { countTrainableTokens, type LabelledExample } from '../../../src-shared/domain/labels.ts';
import type { LossSplit, RowLoss } from '../../../src-shared/domain/row-losses.ts';
import { sha256Of } from '../../adapters/checkpoints/durable-files.ts';
import { writeLosses } from '../../adapters/losses/loss-file.ts';
import { fromNative, type NativeModel, type NativeTrainer } from '../../adapters/native/addon.ts';
import type { PreparedDataset } from '../../adapters/prepared/prepared-reader.ts';
import { collatePadded } from '../../pipeline/batches/collate.ts';
import { type LossesMeta, type TokenLosses, worstPlaces } from '../../pipeline/losses/stored-losses.ts';
import { createRandom, shuffledIndices } from '../../pipeline/random.ts';
import { type JobContext, stopRequested } from '../child-channel.ts';
import type { LossesJob } from '../protocol.ts';
import { noCheckpoint, type Opened, withTrainer } from './with-trainer.ts';

const EXCERPT_TOKENS = 60;
const EXCERPT_CHARACTERS = 160;
const WORST_TOKENS = 5;

/** Writes the file of losses. Errors: `losses.noRows`, `job.cancelled`, those of a run that cannot begin. */
export function measureLosses(job: LossesJob, context: JobContext): Promise<Outcome<LossesMeta>> {
  // Not what training saw at random, but what the adapter does.
  const { adapter, training } = job.recipe;
  const recipe = {
    ...job.recipe,
    adapter: { ...adapter, init: job.adapterPath, dropout: 0 },
    training: { ...training, neftuneAlpha: 0 },
  };
  const silent: JobContext = { ...context, emit: () => undefined };
  return withTrainer({ ...job, recipe }, silent, noCheckpoint, opened => measureWith(opened, job, context));
}

interface Measured {
  readonly place: number;
  readonly row: RowLoss;
  readonly tokens: TokenLosses;
}

async function measureWith(
  { dataset, model, trainer }: Opened,
  job: LossesJob,
  context: JobContext,
): Promise<Outcome<LossesMeta>> {
  const { split, recipe } = job;
  const places = [...dataset.indicesOf(split)].filter(place => dataset.summary(place).trainableTokens > 0);
  if (places.length === 0) return fail(noRows(split));
  const chosen = draw(places, job.maxRows, recipe.training.seed);
  const partOf = partsOf(dataset);
  // Rows of like length together: little padding, and few graphs to build.
  const byLength = chosen.toSorted((a, b) => dataset.summary(b).tokens - dataset.summary(a).tokens);
  const measured: Measured[] = [];
  for (let at = 0; at < byLength.length; at += recipe.training.batchSize) {
    if (await stopRequested(context.signal)) throw cancelled();
    context.reportProgress({ phase: 'measuring losses', done: at, total: byLength.length });
    const batchPlaces = byLength.slice(at, at + recipe.training.batchSize);
    const examples = batchPlaces.map(place => dataset.read(place));
    const losses = await lossesOf(trainer, examples, dataset.meta.padId);
    if (!losses.ok) return losses;
    for (const [i, place] of batchPlaces.entries()) {
      const example = examples[i] as LabelledExample;
      const own = losses.value[i] as Float32Array;
      measured.push({
        place,
        row: rowLoss(example, partOf(place), own, model),
        tokens: { ids: example.inputIds, losses: own },
      });
    }
  }
  measured.sort((a, b) => a.place - b.place);
  const meta: LossesMeta = {
    split,
    measuredAt: job.at,
    hashes: dataset.meta.hashes,
    adapterSha256: await sha256Of(job.adapterPath),
    totalRows: places.length,
    rows: measured.map(({ row }) => row),
  };
  writeLosses(
    job.outputPath,
    meta,
    measured.map(({ tokens }) => tokens),
  );
  return ok(meta);
}

/** All of them, or so many drawn with the run's seed. */
function draw(places: readonly number[], most: number, seed: number): readonly number[] {
  if (places.length <= most) return places;
  const order = shuffledIndices(places.length, createRandom(seed, 0));
  return Array.from(order.subarray(0, most), i => places[i] ?? 0);
}

/** Examples of one row stand one behind the other. */
function partsOf(dataset: PreparedDataset): (place: number) => number {
  return place => {
    const { row } = dataset.summary(place);
    let first = place;
    while (first > 0 && first !== dataset.meta.dataExamples && dataset.summary(first - 1).row === row)
      first--;
    return place - first;
  };
}

/** Row by row, each alone: what stands beside an example in a batch does not change its loss. */
async function lossesOf(
  trainer: NativeTrainer,
  examples: readonly LabelledExample[],
  padId: number,
): Promise<Outcome<Float32Array[]>> {
  const batch = collatePadded(examples, padId);
  const losses = fromNative(await trainer.tokenLosses(batch));
  if (!losses.ok) return losses;
  return ok(
    examples.map(({ inputIds }, i) =>
      losses.value.slice(i * batch.length, i * batch.length + inputIds.length),
    ),
  );
}

function rowLoss(
  { row, line, inputIds, labels }: LabelledExample,
  part: number,
  losses: Float32Array,
  model: NativeModel,
): RowLoss {
  const trainedTokens = countTrainableTokens(labels);
  const sum = losses.reduce((total, loss) => total + (Number.isNaN(loss) ? 0 : loss), 0);
  const first = losses.findIndex(loss => !Number.isNaN(loss));
  const text = (ids: Int32Array) => {
    const pieces = fromNative(model.pieces(ids));
    return pieces.ok ? Buffer.from(pieces.value.bytes).toString('utf8') : '';
  };
  return {
    row,
    line,
    part,
    tokens: inputIds.length,
    trainedTokens,
    loss: sum / trainedTokens,
    excerpt: [...text(inputIds.slice(first, first + EXCERPT_TOKENS))].slice(0, EXCERPT_CHARACTERS).join(''),
    worstTokens: worstPlaces(losses, WORST_TOKENS).map(position => ({
      position,
      text: text(inputIds.slice(position, position + 1)),
      loss: losses[position] ?? 0,
    })),
  };
}

function noRows(split: LossSplit): CodedError {
  return {
    code: 'losses.noRows',
    title: split === 'validation' ? 'No row was held back.' : 'No row has a trained token.',
    cause:
      split === 'validation'
        ? 'The run has no validation rows with a trained token.'
        : 'The prepared dataset has nothing to measure a loss on.',
    remedy: split === 'validation' ? 'Look at the rows that were trained on.' : 'Run preflight; it says why.',
  };
}

function cancelled(): CodedException {
  return new CodedException({
    code: 'job.cancelled',
    title: 'The measurement was cancelled.',
    cause: 'It was asked to stop.',
    remedy: 'Start it again when you like.',
  });
}
