import { expect, it } from 'vitest';
import type { RunDetails } from '../domain/run.ts';
import { compareData } from './compare-data.ts';
import { sweepBy } from './sweep.ts';

const run = (rank: unknown, evaluations: number[], lastLoss: number) =>
  ({
    recipe: rank === undefined ? {} : { adapter: { rank } },
    evaluations: evaluations.map((loss, step) => ({ step, loss, perplexity: 1 })),
    lastSteps: [{ loss: lastLoss }],
  }) as unknown as RunDetails;

it('groups runs by a setting, ascending, with the lowest and mean outcome of each group', () => {
  const runs = [run(16, [3, 2], 1), run(8, [], 4), run(128, [5], 2), run(16, [4], 3)];
  const groups = sweepBy(runs, 'adapter.rank');
  expect(groups.map(({ value, runs: members }) => [value, members.length])).toEqual([
    ['8', 1],
    ['16', 2],
    ['128', 1],
  ]);
  expect(groups[0]).toMatchObject({ bestEvaluation: null, lastLoss: { lowest: 4, mean: 4 } });
  expect(groups[1]).toMatchObject({
    bestEvaluation: { lowest: 2, mean: 3 },
    lastLoss: { lowest: 1, mean: 2 },
  });
});

it('puts runs without the setting first, and texts in their order', () => {
  const groups = sweepBy([run('b', [], 1), run(undefined, [], 1), run('a', [], 1)], 'adapter.rank');
  expect(groups.map(({ value }) => value)).toEqual([null, 'a', 'b']);
});

it('says where the data of runs differs', () => {
  const of = (dataName: string, dropped: Record<string, number>) => ({
    dataName,
    preflight: {
      totals: {
        examples: 10,
        kept: 7,
        dropped,
        tokens: 100,
        trainableTokens: 40,
        truncatedExamples: 0,
        steps: 1,
        lengths: { p50: 1, p95: 1, max: 9 },
      },
    },
  });
  const rows = compareData([of('a', { invalid: 1, duplicate: 2 }), of('a', {})] as never);
  expect(rows.filter(({ differs }) => differs)).toEqual([{ fact: 'dropped', values: [3, 0], differs: true }]);
  expect(rows.find(({ fact }) => fact === 'trainable')?.values).toEqual([40, 40]);
});
