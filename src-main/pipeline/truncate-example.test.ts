import { describe, expect, it } from 'vitest';
import { countTrainableTokens } from '../../src-shared/domain/labels.ts';
import { createRandom } from './random.ts';
import { keptSpans, type Truncation, truncateExample } from './truncate-example.ts';

/** An example from its tokens: a trained one is marked by `*`, and BOS is 99. */
function exampleOf(text: string) {
  const words = text.split(' ');
  const inputIds = Int32Array.from(words, word => Number.parseInt(word, 10));
  return { inputIds, labels: inputIds.map((id, i) => (words[i]?.endsWith('*') ? id : -100)) };
}
const cut = (text: string, maxLength: number, truncation: Truncation) =>
  truncateExample(exampleOf(text), { maxLength, truncation, bosId: 99 });
const show = ({ inputIds, labels }: { inputIds: Int32Array; labels: Int32Array }) =>
  [...inputIds].map((id, i) => (labels[i] === -100 ? `${id}` : `${id}*`)).join(' ');

describe('truncateExample', () => {
  it('keeps the beginning, the end, or nothing', () => {
    expect(show(cut('1 2 3* 4*', 3, 'right'))).toBe('1 2 3*');
    expect(show(cut('1 2 3* 4*', 3, 'left'))).toBe('2 3* 4*');
    expect(cut('1 2 3* 4*', 3, 'left').truncatedTokens).toBe(1);
    expect(cut('1 2 3* 4*', 3, 'drop')).toMatchObject({ dropped: true, truncatedTokens: 0 });
  });

  it('leaves an example alone that fits exactly', () => {
    for (const truncation of ['right', 'left', 'drop', 'prompt-first'] as const) {
      expect(cut('1 2* 3', 3, truncation)).toMatchObject({ dropped: false, truncatedTokens: 0 });
    }
  });
});

describe('prompt-first', () => {
  const keep = (text: string, maxLength: number) => show(cut(text, maxLength, 'prompt-first'));

  it('cuts the prompt from its beginning and keeps the whole answer', () => {
    expect(keep('1 2 3 4 5* 6*', 4)).toBe('3 4 5* 6*');
    expect(cut('1 2 3 4 5* 6*', 4, 'prompt-first').truncatedTokens).toBe(2);
  });

  it('keeps a leading BOS, and nothing else in front of the answer where there is no room', () => {
    expect(keep('99 1 2 3 4* 5*', 4)).toBe('99 3 4* 5*');
    expect(keep('99 1 2 3 4* 5*', 3)).toBe('99 4* 5*');
    expect(keep('99 1 2 3 4* 5*', 2)).toBe('99 4*');
  });

  it('keeps the token that predicts the first trained one where there is no BOS', () => {
    expect(keep('1 2 3 4* 5* 6*', 3)).toBe('3 4* 5*');
  });

  it('cuts first what stands behind the last answer, since nothing learns from it', () => {
    expect(keep('1 2 3* 4* 5 6 7', 5)).toBe('1 2 3* 4* 5');
    expect(keep('1 2 3* 4* 5 6 7', 3)).toBe('2 3* 4*');
  });

  it('cuts later turns where the first prompt is not enough, never from the middle', () => {
    expect(keep('1 2 3* 4 5 6* 7 8*', 5)).toBe('2 3* 4 5 6*');
    expect(keep('1 2 3* 4 5 6* 7 8*', 4)).toBe('2 3* 4 5');
  });

  it('keeps the beginning where nothing is trained', () => {
    expect(keep('1 2 3 4', 3)).toBe('1 2 3');
  });

  it('keeps as many trained tokens as any window of that length, of a single answer (2,000 examples)', () => {
    const random = createRandom(4, 0);
    for (let i = 0; i < 2000; i++) {
      const [prompt, answer, tail] = [1 + (random() % 12), 1 + (random() % 12), random() % 4];
      const hasBos = random() % 2 === 0;
      const words = [
        ...Array.from({ length: prompt }, (_, at) => (at === 0 && hasBos ? '99' : `${at + 1}`)),
        ...Array.from({ length: answer }, (_, at) => `${at + 50}*`),
        ...Array.from({ length: tail }, (_, at) => `${at + 80}`),
      ];
      const maxLength = 2 + (random() % words.length);
      const result = cut(words.join(' '), maxLength, 'prompt-first');
      expect(result.inputIds.length).toBe(Math.min(words.length, maxLength));
      expect(result.truncatedTokens).toBe(Math.max(0, words.length - maxLength));
      expect(countTrainableTokens(result.labels)).toBe(Math.min(answer, maxLength - 1));
      if (hasBos) expect(result.inputIds[0]).toBe(99);
      const spans = keptSpans(exampleOf(words.join(' ')), {
        maxLength,
        truncation: 'prompt-first',
        bosId: 99,
      });
      const kept = spans.flatMap(({ start, end }) => words.slice(start, end)).join(' ');
      expect(show(result)).toBe(kept);
    }
  });
});
