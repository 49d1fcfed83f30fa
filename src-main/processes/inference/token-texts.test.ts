import { expect, test } from 'vitest';
import { TokenTexts } from './token-texts.ts';

/** Each id is a byte; like a SentencePiece vocabulary, it drops a space at the very beginning. */
const detokenize = (ids: readonly number[]) => Buffer.from(ids).toString('utf8').replace(/^ /, '');

function textsOf(bytes: readonly number[]): string[] {
  const texts = new TokenTexts(detokenize);
  return bytes.map(id => texts.add(id));
}

test('a character of several tokens comes with its last one', () => {
  expect(textsOf([...Buffer.from('aé€𝄞b')])).toEqual(['a', '', 'é', '', '', '€', '', '', '', '𝄞', 'b']);
});

test('the texts together are the whole answer, however long it is', () => {
  const answer = ' Où est le renard? '.repeat(40);
  const bytes = [...Buffer.from(answer)];
  expect(textsOf(bytes).join('')).toBe(answer.slice(1));
});

test('bytes that are no character do not hold up what follows', () => {
  const texts = textsOf([0xff, 0xfe, 0xfd, 0xfc, ...Buffer.from('ok')]);
  expect(texts.slice(0, 4).join('')).toBe('\uFFFD\uFFFD\uFFFD\uFFFD');
  expect(texts.slice(4)).toEqual(['o', 'k']);
});
