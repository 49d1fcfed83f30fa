import { describe, expect, it } from 'vitest';
import { groupRows } from './group-rows.ts';

const groups = [
  { value: 'gemma', count: 2, bestLoss: 1 },
  { value: 'llama', count: 3, bestLoss: null },
  { value: 'qwen', count: 1, bestLoss: 2 },
];

const shown = (folded: readonly string[]) => {
  const rows = groupRows(groups, new Set(folded), 6);
  return Array.from({ length: rows.count }, (_, i) => {
    const row = rows.rowAt(i);
    return row.kind === 'run' ? row.place : `${row.group.value}${row.isFolded ? ' …' : ''}`;
  });
};

describe('rows of groups', () => {
  it('stand below the heading of their group', () => {
    expect(shown([])).toEqual(['gemma', 0, 1, 'llama', 2, 3, 4, 'qwen', 5]);
  });

  it('are left out where a group is folded, and keep their places', () => {
    expect(shown(['llama'])).toEqual(['gemma', 0, 1, 'llama …', 'qwen', 5]);
    expect(shown(['gemma', 'qwen'])).toEqual(['gemma …', 'llama', 2, 3, 4, 'qwen …']);
  });

  it('are the runs themselves without groups', () => {
    const rows = groupRows([], new Set(), 3);
    expect([rows.count, rows.rowAt(2)]).toEqual([3, { kind: 'run', place: 2 }]);
  });
});
