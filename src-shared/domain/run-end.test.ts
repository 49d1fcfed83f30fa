import { expect, it } from 'vitest';
import { type EndedRun, tellEnd } from './run-end.ts';
import type { StepMetric } from './training.ts';

const run: EndedRun = {
  id: 'a',
  name: 'support-bot',
  status: 'completed',
  plannedSteps: 120,
  stepsDone: 120,
  lastSteps: [{ loss: 0.5 }, { loss: 0.41249 }] as StepMetric[],
  error: null,
};
const error = { code: 'trainer.killed', title: 'The trainer was killed.', cause: '', remedy: '' };

it.each([
  [{}, 'support-bot is completed', '120 steps, last loss 0.412.'],
  [{ stepsDone: 1, lastSteps: [] }, 'support-bot is completed', '1 step.'],
  [{ status: 'failed', error }, 'support-bot failed', 'The trainer was killed.'],
  [{ status: 'failed' }, 'support-bot failed', 'Its page says where.'],
] as const)('tells of %j', (changes, title, body) => {
  expect(tellEnd({ ...run, ...changes } as EndedRun)).toEqual({ title, body });
});

it.each(['draft', 'running', 'stopped', 'interrupted'] as const)(
  'keeps quiet about a run that is %s',
  status => {
    expect(tellEnd({ ...run, status })).toBeNull();
  },
);
