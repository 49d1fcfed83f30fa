/** Addresses that people keep must keep their meaning. */
import { expect, test } from 'vitest';
import { hrefOf, parseRoute, type Route } from './router.ts';

test('every route survives the way through its address', () => {
  const routes: Route[] = [
    { page: 'newRun', step: 'model' },
    { page: 'newRun', step: 'masking' },
    { page: 'live' },
    { page: 'history' },
    { page: 'disk' },
    { page: 'settings' },
    { page: 'run', id: 'run 1/ä' },
    { page: 'compare', ids: ['run 1/ä', 'b,c'] },
    { page: 'compare', ids: [] },
    { page: 'worst', id: 'run 1/ä' },
  ];
  for (const route of routes) expect(parseRoute(hrefOf(route))).toEqual(route);
});

test('an empty or unknown address is the start page', () => {
  expect(['', '#', '#/', '#/nowhere'].map(hash => parseRoute(hash).page)).toEqual(Array(4).fill('newRun'));
});
