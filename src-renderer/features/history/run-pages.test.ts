/** Which pages are asked for, and what is shown meanwhile, against a client whose answers the test holds back. */
import { expect, test } from 'vitest';
import { ALL_RUNS, type RunsChoice, type RunsQuestion } from '../../../src-shared/domain/run-list.ts';
import { runSummary } from '../../../src-shared/domain/run-summary-fixture.ts';
import type { BackendClient } from '../../backend-client/client.ts';
import { createRunPages } from './run-pages.ts';

interface Asked {
  readonly text: string;
  readonly offset: number;
  readonly signal: AbortSignal;
  /** Each run is named after the question and its place. */
  answer(matches: number): Promise<void>;
}

function setUp() {
  const asked: Asked[] = [];
  const call = (_name: string, { text, offset, count }: RunsQuestion, { signal }: { signal: AbortSignal }) =>
    new Promise(resolve => {
      const answer = async (matches: number) => {
        const length = Math.max(0, Math.min(count, matches - offset));
        const runs = Array.from({ length }, (_, i) => ({
          ...runSummary('completed'),
          name: `${text} ${offset + i}`,
        }));
        resolve({ ok: true, value: { runs, matches, total: 1000, deleted: 0, groups: [] } });
        for (let turn = 0; turn < 4; turn++) await Promise.resolve();
      };
      asked.push({ text, offset, signal, answer });
    });
  const pages = createRunPages({ call } as unknown as BackendClient);
  const shown = () => {
    const { choice, pages: known, matches } = pages.getView();
    const names = [...known].map(([page, runs]) => `${page}: ${runs[0]?.name ?? 'none'}`);
    return { text: choice?.text ?? null, names, matches };
  };
  return { pages, asked, shown };
}

const range = (first: number, last: number) => Array.from({ length: last - first }, (_, i) => first + i);

const choice = (text: string): RunsChoice => ({ ...ALL_RUNS, text });

test('asks for each page near the window once', async () => {
  const { pages, asked, shown } = setUp();
  pages.ask(choice('a'));
  pages.need(range(0, 40));
  await asked[0]?.answer(950);
  pages.need(range(280, 320));
  pages.need(range(290, 330));
  expect(asked.map(({ offset }) => offset)).toEqual([0, 200, 300]);
  await asked[2]?.answer(950);
  expect(shown()).toEqual({ text: 'a', names: ['0: a 0', '3: a 300'], matches: 950 });
});

test('keeps what is shown until another question is answered, and forgets the question between', async () => {
  const { pages, asked, shown } = setUp();
  pages.ask(choice('a'));
  await asked[0]?.answer(950);
  pages.ask(choice('b'));
  pages.ask(choice('c'));
  expect(asked.map(({ text, signal }) => [text, signal.aborted])).toEqual([
    ['a', true],
    ['b', true],
    ['c', false],
  ]);
  await asked[1]?.answer(3);
  expect(shown()).toMatchObject({ text: 'a', matches: 950 });
  await asked[2]?.answer(2);
  expect(shown()).toEqual({ text: 'c', names: ['0: c 0'], matches: 2 });
});

test('asks again for what is near the window after a change, and for the rest when it comes near', async () => {
  const { pages, asked, shown } = setUp();
  pages.ask(choice('a'));
  await asked[0]?.answer(950);
  pages.need(range(500, 530));
  await asked[1]?.answer(950);
  pages.reload();
  expect(asked.map(({ offset }) => offset)).toEqual([0, 500, 500]);
  await asked[2]?.answer(949);
  expect(shown()).toMatchObject({ names: ['0: a 0', '5: a 500'], matches: 949 });
  pages.need(range(0, 30));
  expect(asked.at(-1)).toMatchObject({ offset: 0 });
});

test('asks for nothing behind the last run, and nothing once stopped', async () => {
  const { pages, asked } = setUp();
  pages.ask(choice('a'));
  await asked[0]?.answer(100);
  pages.need(range(80, 130));
  pages.stop();
  pages.need(range(0, 200));
  expect(asked.map(({ offset }) => offset)).toEqual([0]);
});
