/** A blocking check must never stand below a warning. */
import { expect, test } from 'vitest';
import type { Check, Severity } from '../../src-shared/domain/preflight.ts';
import { worstFirst } from './check-order.ts';

const check = (id: string, severity: Severity, count: number): Check => ({
  id,
  severity,
  count,
  title: '',
  cause: '',
  rows: [],
  fixes: [],
});

test('worst first, then the larger number of rows; what passes is left out', () => {
  const checks = [
    check('a', 'info', 900),
    check('b', 'ok', 0),
    check('c', 'warning', 3),
    check('d', 'error', 1),
    check('e', 'warning', 23),
  ];
  expect(worstFirst(checks).map(({ id }) => id)).toEqual(['d', 'e', 'c', 'a']);
});
