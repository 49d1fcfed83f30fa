/** What a run's diary says, as the history would have it. Pure. */
import type { StepMetric } from '../../../src-shared/domain/training.ts';
import type { KeptRun, LoggedRun } from '../ports.ts';

/**
 * A resumption takes back the steps behind the checkpoint that it goes on from:
 *
 *     steps 1 2 3 4, resumed at 2, steps 3 4 5  →  steps 1 2 3 4 5, each once
 */
export function replayRunLog({ head, lines }: LoggedRun): {
  readonly run: KeptRun;
  readonly steps: readonly StepMetric[];
} {
  let steps: StepMetric[] = [];
  let run: Mutable<KeptRun> = {
    ...head,
    ...NOTHING_YET,
    endedAt: lines.at(-1)?.at ?? head.createdAt,
  };
  for (const { at, ...event } of lines) {
    switch (event.type) {
      case 'run': {
        const fromStep = event.resumed?.fromStep ?? 0;
        const isUpTo = ({ step }: { readonly step: number }) => step <= fromStep;
        steps = steps.filter(isUpTo);
        const { evaluations, samples, resumptions, warnings, endedAt } = run;
        run = {
          ...head,
          ...NOTHING_YET,
          // An extended run has become another one in these.
          recipe: event.recipe,
          plannedSteps: event.steps,
          endedAt,
          warnings,
          evaluations: evaluations.filter(isUpTo),
          samples: samples.filter(isUpTo),
          resumptions: event.resumed ? [...resumptions, { at, ...event.resumed }] : resumptions,
        };
        break;
      }
      case 'step': {
        const { type: _type, ...step } = event;
        steps.push(step);
        break;
      }
      case 'evaluation':
        run.evaluations = [
          ...run.evaluations,
          { step: event.step, loss: event.loss, perplexity: event.perplexity },
        ];
        break;
      case 'sample':
        run.samples = [...run.samples, { step: event.step, prompt: event.prompt, text: event.text }];
        break;
      case 'warning':
        run.warnings = [...run.warnings, { code: event.code, message: event.message }];
        break;
      case 'finished':
        run = {
          ...run,
          status: event.status,
          endedAt: at,
          paused: event.paused ?? false,
          adapterPath: event.adapterPath,
          bestAdapterPath: event.bestAdapterPath,
          error: event.error,
          demo: event.demo ?? null,
          repetition: event.repetition ?? null,
        };
        break;
      default:
        // Checkpoints are looked for in the folder: some of those told of were removed since.
        break;
    }
  }
  return { run, steps };
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const NOTHING_YET = {
  // Of a diary that breaks off.
  status: 'interrupted',
  error: {
    code: 'run.interrupted',
    title: 'The run was interrupted.',
    cause: 'Its diary breaks off.',
    remedy: 'Resume it: it goes on from its newest checkpoint.',
  },
  paused: false,
  tags: [],
  note: '',
  pinned: false,
  evaluations: [],
  checkpoints: [],
  samples: [],
  warnings: [],
  resumptions: [],
  adapterPath: null,
  bestAdapterPath: null,
  processExit: null,
  demo: null,
  repetition: null,
} satisfies Partial<KeptRun>;
