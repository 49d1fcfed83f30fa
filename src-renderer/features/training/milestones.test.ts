/** Announcements: each once, none about the past, none twice. */
import { expect, test } from 'vitest';
import { milestonesBetween } from './milestones.ts';

const running = (step: number) => ({ status: 'running' as const, step, plannedSteps: 80 });

test('the first step, then each quarter', () => {
  expect(milestonesBetween(running(0), running(1))).toEqual([{ kind: 'started' }]);
  expect(milestonesBetween(running(19), running(20))).toEqual([{ kind: 'quarter', percent: 25 }]);
  expect(milestonesBetween(running(20), running(39))).toEqual([]);
  expect(milestonesBetween(running(59), running(60))).toEqual([{ kind: 'quarter', percent: 75 }]);
});

test('only the latest of several quarters', () => {
  expect(milestonesBetween(running(1), running(45))).toEqual([{ kind: 'quarter', percent: 50 }]);
});

test('the end, without a hundred per cent before it', () => {
  expect(milestonesBetween(running(79), running(80))).toEqual([]);
  expect(milestonesBetween(running(80), { ...running(80), status: 'completed' })).toEqual([
    { kind: 'ended', status: 'completed' },
  ]);
});

test('nothing on return to a run', () => {
  expect(milestonesBetween({ status: null, step: 0, plannedSteps: 0 }, running(45))).toEqual([]);
});
