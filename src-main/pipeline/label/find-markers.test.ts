import { describe, expect, it } from 'vitest';
import type { ContentSpan, RenderedText } from '../../../src-shared/domain/template.ts';
import { findMarkedSpans, proposeMarkers } from './find-markers.ts';

const markers = { instruction: '<u>', response: '<a>' };
const texts = (text: string, content: readonly { start: number; end: number }[] = []) =>
  findMarkedSpans(text, content, markers).map(({ start, end }) => text.slice(start, end));

describe('findMarkedSpans', () => {
  it('trains from each response marker to the next instruction marker, or to the end', () => {
    expect(texts('<u>hi<a>yo\n<u>and<a>so')).toEqual(['yo\n', 'so']);
  });

  it('takes a response marker inside an answer for text', () => {
    expect(texts('<u>hi<a>yo<a>yo')).toEqual(['yo<a>yo']);
  });

  it("passes over markers that the row's own content spells", () => {
    expect(texts('<u>say <a>!<a>yo', [{ start: 3, end: 11 }])).toEqual(['yo']);
  });

  it('gives nothing where the response marker is missing', () => {
    expect(texts('<u>hi')).toEqual([]);
    expect(findMarkedSpans('<u>hi<a>yo', [], { instruction: '<u>', response: null })).toEqual([]);
  });

  it('ends at the next response marker where no instruction marker is known', () => {
    const spans = findMarkedSpans('<a>x<a>y', [], { instruction: null, response: '<a>' });
    expect(spans).toEqual([
      { start: 3, end: 4 },
      { start: 7, end: 8 },
    ]);
  });
});

describe('proposeMarkers', () => {
  /** Content stands in round brackets, the model's turn in square ones. */
  function row(marked: string): RenderedText {
    let text = '';
    const contentSpans: ContentSpan[] = [];
    const spans: { start: number; end: number; role: string; trained: boolean }[] = [];
    let content = 0;
    let turn = 0;
    for (const char of marked) {
      if (char === '(') content = text.length;
      else if (char === ')') contentSpans.push({ start: content, end: text.length, message: -1 });
      else if (char === '[') turn = text.length;
      else if (char === ']') spans.push({ start: turn, end: text.length, role: 'assistant', trained: true });
      else text += char;
    }
    return { text, spans, contentSpans, method: 'sentinels' };
  }

  it('finds what stands before every answer and before every question', () => {
    const rows = [
      row('<s>U\n(hi)<e>\n<s>A\n[(yo)<e>]\n<s>U\n(x)<e>\n<s>A\n[(z)<e>]\n'),
      row('<s>S\n(be)<e>\n<s>U\n(q)<e>\n<s>A\n[(r)<e>]'),
    ];
    expect(proposeMarkers(rows, ['<e>'])).toEqual({ instruction: '<s>U\n', response: '<s>A\n' });
  });

  it('is null where nothing is common', () => {
    expect(proposeMarkers([row('(hi)[(yo)]')])).toBeNull();
  });
});
