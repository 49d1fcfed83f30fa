/** A finding must lead to the token that it speaks of, also in rows that have none of that kind. */
import { expect, test } from 'vitest';
import type { TokenRun } from '../../../src-shared/domain/explained-row.ts';
import { tokenOfCheck } from './token-of-check.ts';

const CUT = 'length.truncated';

const run = (from: number, to: number, reason: TokenRun['reason'], state: TokenRun['state']): TokenRun => ({
  from,
  to,
  reason,
  state,
  message: 0,
  role: 'assistant',
});
const runs = [
  run(0, 5, 'otherRole', 'masked'),
  run(5, 12, 'answer', 'trained'),
  run(12, 15, 'cutContext', 'cut'),
  run(15, 20, 'cutTrained', 'cut'),
];

test('a cut row leads to the first answer token that is lost, or to what is cut', () => {
  expect(tokenOfCheck(CUT, runs)).toBe(15);
  expect(tokenOfCheck(CUT, runs.slice(0, 3))).toBe(12);
});

test('an answer without its end leads to its last trained token, other checks to the first', () => {
  expect(tokenOfCheck('tokens.endNotTrained', runs)).toBe(11);
  expect(tokenOfCheck('tokens.headerTrained', runs)).toBe(5);
});

test('a row without trained tokens leads to its first', () => {
  for (const check of ['labels.none', 'tokens.endNotTrained', CUT])
    expect(tokenOfCheck(check, [run(0, 5, 'otherRole', 'masked')])).toBe(0);
});
