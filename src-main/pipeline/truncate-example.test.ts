import { describe, expect, it } from 'vitest';
import { truncateExample } from './truncate-example.ts';

describe('truncateExample', () => {
  const ids = Int32Array.of(1, 2, 3, 4);
  const cut = (truncation: 'right' | 'left' | 'drop') => truncateExample(ids, ids, 3, truncation);

  it('keeps the beginning, the end, or nothing', () => {
    expect([...cut('right').inputIds]).toEqual([1, 2, 3]);
    expect([...cut('left').inputIds]).toEqual([2, 3, 4]);
    expect(cut('left').truncatedTokens).toBe(1);
    expect(cut('drop')).toMatchObject({ dropped: true, truncatedTokens: 0 });
  });

  it('leaves an example alone that fits exactly', () => {
    expect(truncateExample(ids, ids, 4, 'drop')).toMatchObject({ dropped: false, truncatedTokens: 0 });
  });
});
