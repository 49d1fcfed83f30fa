/** The order of subscribing, reading and merging, against a client whose answers the test holds back. */
import { expect, test, vi } from 'vitest';
import type { BackendClient, StreamListener } from '../../backend-client/client.ts';
import { createRunFeed, MOST_SINGLE_STEPS } from './run-feed.ts';
import { stepsDone } from './run-state.ts';
import { curve, stepMetric } from './sample-steps.ts';

function setUp() {
  const log: string[] = [];
  const answers: ((value: unknown) => void)[] = [];
  /** Of one question: the record and the curve. */
  const answer = async (question: number, record: unknown, steps: readonly number[]) => {
    answers[2 * question]?.(record);
    answers[2 * question + 1]?.({ ok: true, value: curve(steps) });
    for (let turn = 0; turn < 4; turn++) await Promise.resolve();
  };
  const frames: (() => void)[] = [];
  let listener: StreamListener<'run.events'> | null = null;
  const client = {
    call: (name: string) => {
      log.push(name);
      return new Promise(resolve => answers.push(resolve));
    },
    subscribe: (name: string, _input: unknown, given: StreamListener<'run.events'>) => {
      log.push(name);
      listener = given;
      return () => log.push('unsubscribed');
    },
  } as unknown as BackendClient;
  const feed = createRunFeed(client, 'a', redraw => frames.push(redraw));
  const stop = feed.start();
  const events = listener as StreamListener<'run.events'> | null;
  if (!events) throw new Error('The feed did not subscribe.');
  return { feed, stop, log, answer, frames, events };
}

const record = {
  ok: true,
  value: { status: 'running', evaluations: [], checkpoints: [], samples: [], warnings: [] },
};

const READING = ['runs.show', 'runs.metrics'];

test.each([
  ['before', 'running', [...READING, 'run.events', ...READING]],
  ['behind', 'running', [...READING, 'run.events', ...READING]],
  ['before', 'completed', [...READING, 'run.events']],
  ['behind', 'completed', [...READING, 'run.events']],
])(
  'reads at once; with the subscription standing %s the answer, a run that is %s so: %j',
  async (order, status, read) => {
    const { log, events, answer } = setUp();
    expect(log).toEqual([...READING, 'run.events']);
    if (order === 'before') events.standing?.();
    await answer(0, { ok: true, value: { ...record.value, status } }, [1]);
    if (order === 'behind') events.standing?.();
    expect(log).toEqual(read);
    events.standing?.();
    expect(log).toEqual([...read, ...READING]);
  },
);

test('asks for one frame however many deliveries arrive before it', async () => {
  const { feed, frames, events, answer } = setUp();
  const listener = vi.fn();
  feed.subscribe(listener);
  events.standing?.();
  events.event([{ type: 'step', ...stepMetric(3) }]);
  events.event([{ type: 'step', ...stepMetric(4) }]);
  await answer(0, record, [1, 2, 3]);
  expect(frames).toHaveLength(1);
  expect(stepsDone(feed.getView().run)).toBe(0);
  frames[0]?.();
  expect(listener).toHaveBeenCalledTimes(1);
  expect(stepsDone(feed.getView().run)).toBe(4);
  expect(feed.getView().run.steps.length).toBe(4);
});

test('an answer that was overtaken by a newer question is ignored', async () => {
  const { feed, frames, events, answer } = setUp();
  events.standing?.();
  feed.reload();
  await answer(1, record, [1, 2]);
  await answer(
    0,
    { ok: false, error: { code: 'transport.cancelled', title: '', cause: '', remedy: '' } },
    [],
  );
  frames[0]?.();
  expect(feed.getView().error).toBeNull();
  expect(stepsDone(feed.getView().run)).toBe(2);
});

test('the record is read again, once, when too many steps have come one by one', async () => {
  const { events, log, answer } = setUp();
  events.standing?.();
  await answer(0, record, [1, 2]);
  await answer(1, record, [1, 2]);
  const stepsTo = (last: number) =>
    Array.from({ length: 500 }, (_, i) => ({ type: 'step' as const, ...stepMetric(last - 499 + i) }));
  for (let last = 500; last <= MOST_SINGLE_STEPS; last += 500) events.event(stepsTo(last));
  expect(log.filter(name => name === 'runs.metrics')).toHaveLength(2);
  events.event(stepsTo(MOST_SINGLE_STEPS + 500));
  events.event(stepsTo(MOST_SINGLE_STEPS + 1000));
  expect(log.filter(name => name === 'runs.metrics')).toHaveLength(3);
});

test('ends its subscription', () => {
  const { stop, log } = setUp();
  stop();
  expect(log).toContain('unsubscribed');
});
