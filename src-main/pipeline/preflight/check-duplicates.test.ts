import { describe, expect, it } from 'vitest';
import { checkDuplicates } from './check-duplicates.ts';

const none = { count: 0, rows: [] };
const counts = { dataRows: 10, repeated: none, overlapping: none, validationRows: 4 };

describe('data.duplicates', () => {
  it('passes where no row repeats another', () => {
    expect(checkDuplicates(counts, 'keep')).toMatchObject({ severity: 'ok', count: 0, fixes: [] });
  });

  it('warns of repeated rows that are trained again, with a fix, and only tells of dropped ones', () => {
    const repeated = { count: 2, rows: [3, 5] };
    expect(checkDuplicates({ ...counts, repeated }, 'keep')).toMatchObject({
      severity: 'warning',
      title: '2 of 10 rows repeat an earlier one.',
      count: 2,
      rows: [3, 5],
      fixes: [{ label: 'Leave out 2 repeated rows', set: { 'dataset.duplicates': 'drop' } }],
    });
    expect(checkDuplicates({ ...counts, repeated }, 'drop')).toMatchObject({ severity: 'info', fixes: [] });
  });

  it('warns of validation rows that are trained on, and says where none remains', () => {
    const one = checkDuplicates({ ...counts, overlapping: { count: 1, rows: [2] } }, 'drop');
    expect(one).toMatchObject({ severity: 'warning', count: 1, rows: [2] });
    expect(one.title).toBe('1 of 4 validation rows is in the training data too.');
    expect(one.cause).not.toContain('nothing is evaluated');
    const all = checkDuplicates({ ...counts, overlapping: { count: 4, rows: [0, 1, 2, 3] } }, 'keep');
    expect(all.cause).toContain('nothing is evaluated');
  });
});
