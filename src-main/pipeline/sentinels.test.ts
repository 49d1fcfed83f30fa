import { describe, expect, it } from 'vitest';
import { chooseSentinels, markContent, unmark } from './sentinels.ts';

const sentinels = { contentOpen: '(', contentClose: ')', generationOpen: '[', generationClose: ']' };

describe('chooseSentinels', () => {
  it('avoids characters that the text already holds', () => {
    const chosen = chooseSentinels('\ue000\ue005');
    expect(chosen?.contentOpen).toBe('\ue008');
  });
});

describe('unmark', () => {
  it('gives the text and the spans in its own offsets', () => {
    expect(unmark('a[b(c)d]e(f)', sentinels)).toEqual({
      text: 'abcdef',
      content: [
        { start: 2, end: 3 },
        { start: 5, end: 6 },
      ],
      generation: [{ start: 1, end: 4 }],
    });
  });

  it.each(['a)b(', '((a))', '[a', 'a]'])(
    'refuses %s: a template that reorders or repeats content',
    marked => {
      expect(unmark(marked, sentinels)).toBeNull();
    },
  );
});

describe('markContent', () => {
  it('sets sentinels inside the trimmed edges, since templates trim', () => {
    expect(markContent('  hi \n', sentinels)).toBe('  (hi) \n');
  });

  it('leaves empty content alone: some templates test for it', () => {
    expect(markContent(' \n', sentinels)).toBe(' \n');
  });
});
