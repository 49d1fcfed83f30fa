/** Sentences of a run's page beside its plots. Numbers arrive formatted. */
import type { RunPhase } from '../../src-shared/domain/training.ts';

export const runPageStrings = {
  phases: {
    checking: 'Checking the inputs',
    loading: 'Loading the model',
    training: 'Training',
    evaluating: 'Evaluating',
    sampling: 'Answering the sample prompts',
    saving: 'Saving',
    scoring: 'Answering the held-out prompts',
  } satisfies Record<RunPhase, string>,
  extend: {
    button: 'Train longer',
    waiting: 'Extending: the inputs are checked first',
    noCheckpoint: 'No checkpoint of this run is left to go on from.',
    title: (name: string) => `Train ${name} longer?`,
    field: { epochs: 'Epochs in all', steps: 'Steps in all' },
    notLonger: (now: string, unit: 'epochs' | 'steps') =>
      unit === 'steps'
        ? `It has ${now} steps in all: ask for more.`
        : `It has ${now} epochs in all: ask for more.`,
    steps: (from: string, before: string, now: string) =>
      `It goes on behind step ${from} and becomes a run of ${now} steps, instead of ${before}.`,
    constantRate: 'The learning rate stays as it is.',
    rates: (before: string, next: string, now: string) =>
      `The next step has the learning rate ${next}, that of a run of ${now} steps; the last one had ${before}. What comes out is not what ${now} steps from the start would give. The run keeps a note of it.`,
    confirm: 'Train on',
    cancel: 'Leave it',
  },
  cost: {
    title: 'Measured and expected',
    memory: 'Peak memory',
    time: 'Mean step',
    measured: 'Measured',
    expected: 'Expected',
    none: '–',
    notProbed: 'not probed',
  },
  madeWith: {
    title: 'What it was made with',
    show: 'What is shown',
    parts: { recipe: 'Recipe', preflight: 'Preflight', origin: 'Files and versions' },
    totals: (kept: string, examples: string, trained: string) =>
      `As it was when the run began: ${kept} of ${examples} examples, ${trained} tokens with a label.`,
    allowed: 'It was let through knowingly.',
    id: 'Run',
    model: 'Model',
    data: 'Data',
    hashes: {
      model: 'SHA-256 of the model',
      data: 'SHA-256 of the data',
      template: 'SHA-256 of the template',
      preparedDataset: 'SHA-256 of the examples',
    },
    seed: 'Seed',
    device: 'Device',
    versions: {
      luthier: 'Luthier',
      node: 'Node.js',
      platform: 'Platform',
      native: 'Native part',
      llamaCpp: 'llama.cpp',
    } as Readonly<Record<string, string>>,
    checkpoint: (step: string) => `Checkpoint at step ${step}`,
  },
  log: {
    title: 'Log of the trainer',
    earlier: (path: string) => `Only its end. The whole log: ${path}`,
    none: 'Nothing was written yet.',
    follows: 'follows as it is written',
  },
} as const;
