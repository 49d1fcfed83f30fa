import { expect, it } from 'vitest';
import type { LabelledExample } from '../../../src-shared/domain/labels.ts';
import { checkValidation } from './check-validation.ts';
import { DatasetCounter } from './count-dataset.ts';

function countsOf(dropped: readonly LabelledExample['dropped'][]) {
  const counter = new DatasetCounter(new Set([2]));
  for (const [row, reason] of dropped.entries()) {
    counter.add({
      row,
      line: row + 1,
      inputIds: Int32Array.of(1, 7, 2),
      labels: Int32Array.of(-100, 7, 2),
      truncatedTokens: 0,
      method: 'tags',
      findings: [],
      dropped: reason,
      problem: reason === 'invalid' ? 'It is no JSON.' : '',
    } as never);
  }
  return counter.counts();
}

it('passes where every row can be evaluated, and leaves repeated ones to their own check', () => {
  expect(checkValidation(countsOf([null, 'duplicate', null]))).toMatchObject({
    id: 'data.validation',
    severity: 'ok',
  });
});

it('counts what is left out, with the reasons', () => {
  const check = checkValidation(countsOf([null, 'invalid', 'noAssistant', 'invalid']));
  expect(check).toMatchObject({ severity: 'warning', count: 3, rows: [] });
  expect(check.title).toBe('3 of 4 rows of the validation file are left out.');
  expect(check.cause).toContain(
    '2 cannot be read (row 1 and 1 more: It is no JSON); 1 has no assistant message',
  );
});

it('says so where nothing is left to evaluate', () => {
  expect(checkValidation(countsOf(['invalid'])).cause).toContain('None remains, so nothing is evaluated.');
});
