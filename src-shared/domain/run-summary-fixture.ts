/** Test-only: a run as `runs.list` gives it. */
import type { RunStatus, RunSummary } from './run.ts';

export function runSummary(status: RunStatus): RunSummary {
  return {
    id: `run-${status}`,
    name: 'demo',
    status,
    paused: false,
    createdAt: '2026-01-01T00:00:00.000Z',
    endedAt: null,
    modelName: 'base',
    dataName: 'train.jsonl',
    masking: 'assistant',
    rank: 16,
    alpha: 32,
    learningRate: 2e-4,
    epochs: 3,
    examplesPerStep: 16,
    plannedSteps: 10,
    stepsDone: 1,
    firstLoss: null,
    lastLoss: null,
    durationMs: null,
    lastEvaluationLoss: null,
    bestEvaluationLoss: null,
    trainedTokens: 0,
    memoryBytes: null,
    estimatedMemoryBytes: null,
    tags: [],
    pinned: false,
    parent: null,
    sparkline: [],
  };
}
