/** Tokenization over every vocabulary of the llama.cpp source: the cut at special tokens changes no id. */
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fromNative, loadAddon } from '../src-main/adapters/native/addon.ts';
import { partitionText } from '../src-main/pipeline/tokenize/partition-text.ts';
import {
  placeOneByOne,
  tokenizeFragments,
  tokenizeRendered,
} from '../src-main/pipeline/tokenize/tokenize-rendered.ts';
import { createTokenizer } from '../src-main/processes/preparer/native-labelling.ts';
import { orThrow } from '../src-shared/contract/coded-error.ts';
import {
  label,
  llamaModels,
  nativeDirectory,
  openTestLabeller,
  trainedTexts,
  vocabulary,
} from './labelling.ts';

const vocabularies = llamaModels
  ? readdirSync(llamaModels).flatMap(file => /^ggml-vocab-(.+)\.gguf$/.exec(file)?.[1] ?? [])
  : [];
/** They lower-case or normalise: their tokens never spell the text, so that their rows are dropped. */
const REWRITING = ['bert-bge', 'nomic-bert-moe'];

const WORDS = [
  'hi',
  ' yo',
  'é日本',
  ' 👍🏽',
  '\n',
  '\n\n',
  '  ',
  '\t',
  ' 12345',
  "don't",
  '{"a": 1}',
  '<think>',
  '▁',
  'שלום',
  '\r\n',
  '.',
];

/** A small linear congruential generator: the same texts every time. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return below => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

async function openTokenizer(name: string) {
  const addon = orThrow(loadAddon(nativeDirectory));
  const model = orThrow(fromNative(await addon.Model.open(vocabulary(name), { vocabularyOnly: true })));
  return { model, tokenizer: orThrow(createTokenizer(model, null)) };
}

describe.skipIf(vocabularies.length === 0)('tokenization', () => {
  it.each(vocabularies)('%s: cut at special tokens gives the ids of the whole', async name => {
    const { model, tokenizer } = await openTokenizer(name);
    const specials = tokenizer.specialTokens.filter(token => token.text !== '');
    const random = generator(7);
    for (let round = 0; round < 200; round++) {
      const text = Array.from({ length: 1 + random(24) }, () =>
        specials.length > 0 && random(4) === 0
          ? (specials[random(specials.length)]?.text ?? '')
          : (WORDS[random(WORDS.length)] ?? ''),
      ).join('');
      const pieces = tokenizeFragments(tokenizer, text, partitionText(text, [], tokenizer.specialTokens));
      const whole = model.tokenize(text, { addSpecial: false, parseSpecial: true });
      expect(pieces.flatMap(ids => [...ids])).toEqual([...whole]);
    }
    model.dispose();
  });

  it.each(vocabularies)('%s: every token knows its place in the text', async name => {
    const { model, tokenizer } = await openTokenizer(name);
    const text = WORDS.filter(word => word !== '▁').join('');
    const placed = tokenizeRendered(tokenizer, text, [], false);
    if (REWRITING.includes(name)) {
      expect(placed).toMatchObject({ ok: false, error: { code: 'tokens.roundTrip' } });
    } else {
      const { inputIds, starts, ends } = orThrow(placed);
      const bytes = Buffer.from(text);
      inputIds.forEach((id, i) => {
        const piece = Buffer.from(tokenizer.pieces(Int32Array.of(id)).bytes);
        const own = bytes.subarray(starts[i], ends[i]);
        expect([piece.toString('hex'), piece.subarray(1).toString('hex'), '']).toContain(own.toString('hex'));
      });
      expect(ends.at(-1)).toBe(bytes.length);
    }
    model.dispose();
  });

  it.each(vocabularies)('%s: tokens placed in one call are those placed one by one', async name => {
    const { model, tokenizer } = await openTokenizer(name);
    const specials = tokenizer.specialTokens.filter(token => token.text !== '');
    const random = generator(11);
    const outcomes = new Set<boolean>();
    for (let round = 0; round < 200; round++) {
      const text = Array.from({ length: random(24) }, () =>
        specials.length > 0 && random(4) === 0
          ? (specials[random(specials.length)]?.text ?? '')
          : (WORDS[random(WORDS.length)] ?? ''),
      ).join('');
      const fragments = partitionText(text, [], tokenizer.specialTokens);
      const placed = tokenizer.placeTokens?.(text, fragments);
      expect(placed).toEqual(placeOneByOne(tokenizer)(text, fragments));
      outcomes.add(placed === null);
    }
    expect(outcomes).toContain(REWRITING.includes(name));
    model.dispose();
  });
});

describe.skipIf(vocabularies.length === 0)('labels in vocabularies with their own ways', () => {
  const messages = [
    { role: 'user', content: 'Hi <|end|></s>' },
    { role: 'assistant', content: 'Yo, 日本' },
    { role: 'user', content: 'And?' },
    { role: 'assistant', content: '  Well.\n' },
  ] as const;

  it.each([
    ['phi-3', 'phi-3', ['Yo, 日本<|end|>', '  Well.\n<|end|>']],
    ['llama-spm', 'llama-2', [' Yo, 日本 </s>', ' Well. </s>']],
    ['llama-spm', 'zephyr', ['Yo, 日本</s>', '  Well.\n</s>']],
    ['llama-bpe', 'llama-3', ['Yo, 日本<|eot_id|>', 'Well.<|eot_id|>']],
    ['qwen35', 'qwen-3', ['Yo, 日本<|im_end|>', '  Well.\n<|im_end|>']],
    ['gemma-4', 'chatml', ['Yo, 日本<|im_end|>', '  Well.\n<|im_end|>']],
  ])('%s with %s trains the answers and the end of turn', async (name, preset, expected) => {
    const labeller = await openTestLabeller(vocabulary(name), { template: { source: 'preset', preset } });
    const example = label(labeller, { kind: 'conversation', conversation: { messages } });
    expect(example.problem).toBe('');
    // SentencePiece puts a space in front of a text behind a special token.
    expect(trainedTexts(labeller, example).map(text => text.replace(/^ (?=[Y ])/, ''))).toEqual(
      expected.map(text => text.replace(/^ (?=[Y ])/, '')),
    );
    labeller.dispose();
  });
});
