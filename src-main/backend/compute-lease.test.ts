import { expect, test } from 'vitest';
import { orThrow } from '../../src-shared/contract/coded-error.ts';
import { ComputeLease } from './compute-lease.ts';

const never = new AbortController().signal;

test('a second taker is refused, with the name of the first, until that is done', () => {
  const lease = new ComputeLease();
  const first = orThrow(lease.take('the run demo'));
  const second = lease.take('a chat');
  expect(second.ok).toBe(false);
  expect(!second.ok && [second.error.code, second.error.cause]).toEqual([
    'compute.busy',
    'It is taken by the run demo.',
  ]);
  first.release();
  expect(lease.take('a chat').ok).toBe(true);
});

test('those who wait come in their order, and nobody slips in between', async () => {
  const lease = new ComputeLease();
  const first = orThrow(lease.take('the run demo'));
  const order: string[] = [];
  const waits = ['a', 'b'].map(async name => {
    const own = orThrow(await lease.whenFree(name, never));
    order.push(name);
    return own;
  });
  first.release();
  expect(lease.take('c').ok).toBe(false);
  const a = await waits[0];
  expect(order).toEqual(['a']);
  a?.release();
  a?.release();
  const b = await waits[1];
  expect(order).toEqual(['a', 'b']);
  b?.release();
  expect(lease.take('c').ok).toBe(true);
});

test('a wait that is ended takes nothing', async () => {
  const lease = new ComputeLease();
  const first = orThrow(lease.take('the run demo'));
  const stop = new AbortController();
  const waiting = lease.whenFree('a chat', stop.signal);
  stop.abort();
  expect(await waiting).toMatchObject({ ok: false, error: { code: 'job.cancelled' } });
  first.release();
  expect(lease.take('another').ok).toBe(true);
});
