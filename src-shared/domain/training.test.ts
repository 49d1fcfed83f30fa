/** Events that come to a page must be whole, whichever way they are checked. */
import { expect, test } from 'vitest';
import { deliveredEventSchema } from './training.ts';

const step = {
  type: 'step',
  step: 1,
  epoch: 0.5,
  loss: 2,
  learningRate: 0,
  gradNorm: 1,
  trainableTokens: 4,
  tokens: 9,
  tokensPerSecond: 100,
  memoryBytes: 1024,
  elapsedMs: 20,
};
const isTaken = (event: unknown) => deliveredEventSchema.safeParse(event).success;

test('a whole step and any other event are taken', () => {
  expect(deliveredEventSchema.parse(step)).toEqual(step);
  expect(isTaken({ type: 'evaluation', step: 1, loss: 2, perplexity: 7 })).toBe(true);
  expect(isTaken({ type: 'warning', code: 'a', message: 'b' })).toBe(true);
});

test('a step that lacks a number or has something else in its place is refused', () => {
  for (const name of Object.keys(step)) {
    const { [name as keyof typeof step]: _left, ...rest } = step;
    expect([name, isTaken(rest)]).toEqual([name, false]);
  }
  for (const loss of [null, '2', Number.NaN]) expect(isTaken({ ...step, loss })).toBe(false);
});

test('what is no event is refused', () => {
  for (const value of [null, 'step', [], { type: 'other' }, { type: 'evaluation', step: 1 }])
    expect(isTaken(value)).toBe(false);
});
