import { describe, expect, it } from 'vitest';
import { Sentinels } from './sentinels.ts';

describe('Sentinels', () => {
  it('uses no character that the row already holds', () => {
    const sentinels = new Sentinels('\ue000\ue002', '\ue003');
    expect([sentinels.generationOpen, sentinels.generationClose]).toEqual(['\ue001', '\ue004']);
    expect(sentinels.mark('hi', 'content', 0)).toBe('\ue005hi\ue006');
  });

  it('sets marks inside the trimmed edges, since templates trim', () => {
    expect(new Sentinels().mark('  hi \n', 'content', 0)).toBe('  \ue002hi\ue003 \n');
  });

  it('leaves empty content alone: some templates test for it', () => {
    expect(new Sentinels().mark(' \n', 'content', 0)).toBe(' \n');
  });

  it('marks thinking and answer apart, since templates cut there', () => {
    expect(new Sentinels().mark('<think>\nhm</think>\nyo', 'answer', 0)).toBe(
      '<think>\n\ue002hm\ue003</think>\n\ue004yo\ue005',
    );
  });

  it('gives the text and the marks in its own offsets, whatever became of a pair', () => {
    const sentinels = new Sentinels();
    const [a, b] = [sentinels.mark('one', 'content', 0), sentinels.mark('two', 'content', 1)];
    expect(sentinels.unmark(`x${b}y${a.slice(1)}`)).toEqual({
      text: 'xtwoyone',
      marks: [
        { at: 1, part: 1, opens: true },
        { at: 4, part: 1, opens: false },
        { at: 8, part: 0, opens: false },
      ],
      generation: [],
    });
  });

  it('says so where generation tags do not pair up', () => {
    const sentinels = new Sentinels();
    expect(sentinels.unmark(`a${sentinels.generationClose}`).generation).toBeNull();
    const nested = sentinels.generationOpen + sentinels.generationOpen + sentinels.generationClose;
    expect(sentinels.unmark(nested).generation).toBeNull();
  });

  it('is exhausted by a row that uses every private-use character', () => {
    const all = Array.from({ length: 0xf8ff - 0xe000 }, (_, i) => String.fromCharCode(0xe000 + i)).join('');
    expect(new Sentinels(all).exhausted).toBe(true);
  });
});
