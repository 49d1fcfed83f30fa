/** A token must be found in its message and its run, however long the row is. */
import { expect, test } from 'vitest';
import type { TokenRun } from '../../../src-shared/domain/explained-row.ts';
import { chunksOf, groupTokens, runAt } from './token-chunks.ts';

const run = (
  from: number,
  to: number,
  message: number,
  role: string,
  state: TokenRun['state'],
): TokenRun => ({
  from,
  to,
  message,
  role,
  state,
  reason: state === 'trained' ? 'answer' : state === 'cut' ? 'cutTrained' : 'otherRole',
});
const runs = [
  run(0, 4, 0, 'user', 'masked'),
  run(4, 7, 1, 'assistant', 'masked'),
  run(7, 900, 1, 'assistant', 'trained'),
  run(900, 1000, 1, 'assistant', 'cut'),
  run(1000, 1003, 2, 'user', 'cut'),
];

test('messages in order, their turns counted by role, every token in one chunk', () => {
  const groups = groupTokens(runs);
  expect(groups.map(({ role, turn, trained, cut }) => [role, turn, trained, cut])).toEqual([
    ['user', 1, 0, 0],
    ['assistant', 1, 893, 100],
    ['user', 2, 0, 3],
  ]);
  const chunks = groups.flatMap(group => group.blocks.flatMap(chunksOf));
  expect(chunks[0]?.from).toBe(0);
  expect(chunks.at(-1)?.to).toBe(1003);
  expect(chunks.every(({ from, to }, i) => to - from <= 120 && (i === 0 || chunks[i - 1]?.to === from))).toBe(
    true,
  );
});

test('the run of each token, none beyond the end', () => {
  expect([0, 3, 4, 899, 900, 1002].map(token => runAt(runs, token)?.from)).toEqual([0, 0, 4, 7, 900, 1000]);
  expect(runAt(runs, 1003)).toBeNull();
  expect(runAt([], 0)).toBeNull();
});
