/** Histories of any length for tests of the pages, written by the real store: `sweep 0`, `sweep 1` and so on. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { openDatabase } from '../src-main/adapters/sqlite/open-database.ts';
import { createRunStore } from '../src-main/adapters/sqlite/run-store.ts';
import type { StepMetric } from '../src-shared/domain/training.ts';
import { parseRecipe } from '../src-shared/recipe/faults.ts';

const MODELS = ['qwen2.5-1.5b', 'gemma-3-1b', 'llama-3.2-1b'];
const STEPS = 12;
const TOKENS = 200;

/** Later runs end with a lower loss; every tenth failed, and the rank is 8, 16 or 32 in turn. */
export function addPastRuns(home: string, count: number): void {
  const opened = openDatabase(join(home, 'history.sqlite'));
  if (!opened.ok) throw new Error(opened.error.cause);
  const database = opened.value;
  const store = createRunStore(database);
  database.transaction(() => {
    for (let i = 0; i < count; i++) addPastRun(store, i, count);
  })();
  store.close();
}

function addPastRun(store: ReturnType<typeof createRunStore>, i: number, count: number): void {
  const id = `past-${String(i).padStart(5, '0')}`;
  const createdAt = new Date(Date.UTC(2026, 0, 1) + i * 60_000).toISOString();
  const hasFailed = i % 10 === 0;
  const modelName = MODELS[i % MODELS.length] ?? '';
  store.create({
    id,
    name: `sweep ${i}`,
    createdAt,
    recipe: recipeOf(`sweep ${i}`, modelName, [8, 16, 32][i % 3] ?? 8),
    hashes: { data: 'd', model: sha256(modelName), template: 't', preparedDataset: 'p' },
    versions: { luthier: '0.1.0' },
    preflight: {
      status: 'ready',
      totals: {
        examples: 64,
        kept: 64 - (i % 3),
        dropped: {},
        tokens: STEPS * TOKENS,
        trainableTokens: (STEPS * TOKENS) / 2,
        truncatedExamples: 0,
        steps: STEPS,
        lengths: { p50: 40, p95: 60, max: 64 },
      },
      checks: [],
      estimate: { memoryBytes: 2 ** 30, secondsPerStep: null, assumptions: [] },
    },
    modelName,
    dataName: 'helpdesk.jsonl',
    plannedSteps: STEPS,
    ownerPid: process.pid,
  });
  const last = 1 + (count - i) / count;
  store.record(
    id,
    {
      steps: Array.from({ length: STEPS }, (_, at) => stepOf(at + 1, last)),
      evaluations: [STEPS / 2, STEPS].map(step => ({
        step,
        loss: last + 1 / step,
        perplexity: Math.exp(last + 1 / step),
      })),
      samples: [{ step: STEPS, prompt: 'Where is the fox?', text: `In wood ${i}.` }],
      warnings: [],
      checkpoints: null,
    },
    createdAt,
  );
  store.finish(id, {
    status: hasFailed ? 'failed' : 'completed',
    endedAt: new Date(Date.parse(createdAt) + 30_000).toISOString(),
    adapterPath: null,
    bestAdapterPath: null,
    error: hasFailed ? { code: 'run.failed', title: 'It failed.', cause: 'A test.', remedy: 'None.' } : null,
    processExit: null,
    demo: null,
    paused: false,
    repetition: null,
  });
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function stepOf(step: number, last: number): StepMetric {
  return {
    step,
    epoch: step / STEPS,
    loss: last + (STEPS - step) / STEPS,
    learningRate: 2e-4,
    gradNorm: 0.5,
    trainableTokens: TOKENS / 2,
    tokens: TOKENS,
    tokensPerSecond: 100,
    memoryBytes: 2 ** 29,
    elapsedMs: step * 2000,
  };
}

function recipeOf(name: string, model: string, rank: number) {
  const parsed = parseRecipe({
    version: 1,
    name,
    model: { path: `/models/${model}.gguf` },
    dataset: { path: '/data/helpdesk.jsonl' },
    adapter: { rank },
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  return parsed.recipe;
}
