/** Loads an export as its users will, and compares what it predicts with base and adapter. */
import type { LlamaModel, Token } from 'node-llama-cpp';
import { type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { PredictionsVerification } from '../../../src-shared/domain/export.ts';
import type { ModelWithAdapter } from '../../pipeline/job-results.ts';
import type { JobContext } from '../child-channel.ts';
import type { VerifyJob } from '../protocol.ts';
import { createContext, defaultThreads, loadModel } from './load-model.ts';

/** Words, numbers, code and two scripts, so that many kinds of tokens take part. */
const PROBE_TEXT =
  'Dear Anna, the 3 boxes (12.50 € each) arrive on Monday, 7 May. Please call me before noon! ' +
  'def add(a, b): return a + b  # sum\n{"name": "Müller", "ok": true}\nQuestion: why is the sky blue? Answer:';
const PROBE_TOKENS = 64;

/** Smaller probabilities carry no three digits in the float32 that node-llama-cpp gives. */
const LEAST_LOG_PROBABILITY = -12;

/** Errors: `model.loadFailed`. */
export async function verifyExport(
  { reference, exported }: VerifyJob,
  context: JobContext,
): Promise<Outcome<PredictionsVerification>> {
  const expected = await predictions(reference, null, context);
  if (!expected.ok) return expected;
  const found = await predictions(exported, expected.value.ids, context);
  if (!found.ok) return found;
  return ok(compare(expected.value.rows, found.value.rows));
}

interface Predictions {
  readonly ids: readonly number[];
  /** After each token, every next token's probability. */
  readonly rows: readonly ReadonlyMap<number, number>[];
}

async function predictions(
  { modelPath, adapterPath }: ModelWithAdapter,
  given: readonly number[] | null,
  jobContext: JobContext,
): Promise<Outcome<Predictions>> {
  jobContext.reportProgress({ phase: 'verifying: loading', done: 0, total: null });
  const loaded = await whileAlive(jobContext, () => loadModel(modelPath));
  if (!loaded.ok) return loaded;
  const model = loaded.value;
  const ids = given ?? probeOf(model);
  const context = await createContext(model, {
    size: ids.length,
    threads: defaultThreads(modelPath),
    adapterPath,
    exactCache: true,
  });
  const all = { temperature: 1, topK: 0, topP: 1, minP: 0 };
  const evaluated = await whileAlive(jobContext, () =>
    context
      .getSequence()
      .controlledEvaluate(
        ids.map(id => [id as Token, { generateNext: { probabilities: true, options: all } }]),
      ),
  );
  await context.dispose();
  await model.dispose();
  const rows = evaluated.map(result => new Map(result?.next.probabilities ?? []) as Map<number, number>);
  return ok({ ids, rows });
}

function probeOf(model: LlamaModel): readonly number[] {
  return model.tokenize(PROBE_TEXT, false).slice(0, PROBE_TOKENS);
}

function compare(
  expected: readonly ReadonlyMap<number, number>[],
  found: readonly ReadonlyMap<number, number>[],
): PredictionsVerification {
  let largestDifference = 0;
  let divergence = 0;
  let same = 0;
  for (const [i, row] of expected.entries()) {
    const other = found[i] ?? new Map<number, number>();
    for (const [token, probability] of row) {
      const difference = Math.log(probability) - Math.log(other.get(token) ?? Number.NaN);
      if (probability > 0 && !Number.isNaN(difference)) divergence += probability * difference;
      if (Math.log(probability) < LEAST_LOG_PROBABILITY) continue;
      // A missing or infinite value is no agreement: Math.max keeps NaN.
      largestDifference = Math.max(largestDifference, Math.abs(difference));
    }
    if (likeliest(row) === likeliest(other)) same++;
  }
  const tokens = expected.length;
  return {
    kind: 'predictions',
    tokens,
    largestDifference,
    divergence: divergence / tokens,
    sameChoice: same / tokens,
  };
}

function likeliest(row: ReadonlyMap<number, number>): number | null {
  let best: number | null = null;
  for (const [token, probability] of row)
    if (best === null || probability > (row.get(best) ?? 0)) best = token;
  return best;
}

/** The parent takes a long silence for a hang. */
const SIGN_OF_LIFE_EVERY_MS = 1_000;

async function whileAlive<T>(context: JobContext, work: () => Promise<T>): Promise<T> {
  const sign = setInterval(
    () => context.reportProgress({ phase: 'verifying', done: 0, total: null }),
    SIGN_OF_LIFE_EVERY_MS,
  );
  try {
    return await work();
  } finally {
    clearInterval(sign);
  }
}
