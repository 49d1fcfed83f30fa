/**
 * What must hold for labels of any conversation: many random ones, in several vocabularies and templates,
 * every masking strategy. The seed is fixed, so that a failure can be looked at again.
 */
import { afterAll, describe, expect, it } from 'vitest';
import type { Labeller } from '../src-main/processes/preparer/open-labeller.ts';
import type { Message } from '../src-shared/domain/conversation.ts';
import { countTrainableTokens, IGNORE_INDEX, type LabelledExample } from '../src-shared/domain/labels.ts';
import { label, llamaModels, openTestLabeller, trainedTexts, vocabulary } from './labelling.ts';

const PIECES = [
  ...[
    'fox',
    ' hen',
    'é',
    '日本',
    ' 👍🏽',
    '👩‍👩‍👧',
    'שלום',
    'नमस्ते',
    '12345',
    '.',
    ',',
    "don't",
    '{"a": [1]}',
    '`x`',
  ],
  ...[
    '\n',
    '\n\n',
    '  ',
    '\t',
    '\r\n',
    '<|im_end|>',
    '</s>',
    '<|eot_id|>',
    '<b>',
    '{{',
    '%}',
    'e\u0301',
    '\u200b',
  ],
];

/** vocabulary, preset and the texts with which a turn of the preset ends. */
const SETTINGS = [
  ['qwen2', 'qwen-2.5', ['<|im_end|>']],
  ['qwen35', 'qwen-3', ['<|im_end|>']],
  ['llama-bpe', 'llama-3', ['<|eot_id|>']],
  ['phi-3', 'phi-3', ['<|end|>']],
  ['gemma-4', 'chatml', ['<|im_end|>']],
  ['llama-spm', 'zephyr', ['</s>']],
] as const;
/** Where the end of turn is one token of the vocabulary; Gemma's has none of ChatML's, which preflight blocks. */
const WITH_END_TOKEN = SETTINGS.filter(([name]) => name !== 'gemma-4');
const ROUNDS = 60;

/** mulberry32, Tommy Ettinger. */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return below => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

function randomMessages(random: (below: number) => number): Message[] {
  const text = () =>
    Array.from({ length: 1 + random(12) }, () => PIECES[random(PIECES.length)] ?? '').join('') || 'x';
  const messages: Message[] = random(3) === 0 ? [{ role: 'system', content: `s${text()}` }] : [];
  for (let turn = 0; turn <= random(4); turn++) {
    messages.push({ role: 'user', content: `q${text()}` });
    const trained = random(6) === 0 ? { trained: false } : {};
    messages.push({ role: 'assistant', content: `${text()}z`, ...trained });
  }
  if (random(5) === 0) messages.push({ role: 'user', content: 'And then?' });
  return messages;
}

function expectSound(example: LabelledExample): void {
  expect(example.labels.length).toBe(example.inputIds.length);
  example.labels.forEach((id, i) => {
    if (id !== IGNORE_INDEX) expect(id).toBe(example.inputIds[i]);
  });
}

describe.skipIf(llamaModels === null)('labels of random conversations', () => {
  const opened: Labeller[] = [];
  afterAll(() => {
    for (const labeller of opened) labeller.dispose();
  });
  const open = async (name: string, preset: string, masking: object = {}) => {
    const labeller = await openTestLabeller(vocabulary(name), {
      template: { source: 'preset', preset },
      masking,
    });
    opened.push(labeller);
    return labeller;
  };
  const each = (seed: number, check: (messages: Message[]) => void) => {
    const random = createRandom(seed);
    for (let round = 0; round < ROUNDS; round++) check(randomMessages(random));
  };

  it.each(SETTINGS)(
    '%s, %s: spell the answers, up to white space at their edges',
    async (name, preset, ends) => {
      const labeller = await open(name, preset);
      each(1, messages => {
        const example = label(labeller, { kind: 'conversation', conversation: { messages } });
        const answers = messages.filter(({ role, trained }) => role === 'assistant' && trained !== false);
        const what = JSON.stringify(messages);
        if (answers.length === 0) {
          expect(example.dropped, what).toBe('noTrainableTokens');
          return;
        }
        expect([example.dropped, example.problem], what).toEqual([null, '']);
        expectSound(example);
        const texts = trainedTexts(labeller, example).map(text => {
          const end = ends.find(one => text.trimEnd().endsWith(one));
          expect(end, text).toBeDefined();
          return text
            .trimEnd()
            .slice(0, -(end ?? '').length)
            .trim();
        });
        expect(texts, what).toEqual(answers.map(({ content }) => (content ?? '').trim()));
      });
    },
  );

  it.each(WITH_END_TOKEN)(
    '%s, %s: train the end of turn only where the recipe says so',
    async (name, preset, ends) => {
      const withEnd = await open(name, preset);
      const without = await open(name, preset, { trainOnEndOfTurn: false });
      each(2, messages => {
        const row = { kind: 'conversation', conversation: { messages } } as const;
        const [long, short] = [label(withEnd, row), label(without, row)];
        expect([...short.inputIds]).toEqual([...long.inputIds]);
        for (const text of trainedTexts(without, short))
          expect(ends.some(end => text.endsWith(end))).toBe(false);
        short.labels.forEach((id, i) => {
          if (id !== IGNORE_INDEX) expect(long.labels[i]).toBe(id);
        });
        const turns = messages.filter(
          ({ role, trained }) => role === 'assistant' && trained !== false,
        ).length;
        if (!long.dropped) {
          expect(countTrainableTokens(long.labels) - countTrainableTokens(short.labels)).toBe(turns);
        }
      });
    },
  );

  it.each(SETTINGS)(
    '%s, %s: last-assistant is the end of assistant, full is everything',
    async (name, preset) => {
      const all = await open(name, preset);
      const last = await open(name, preset, { strategy: 'last-assistant' });
      const full = await open(name, preset, { strategy: 'full' });
      each(3, messages => {
        const plain = messages.map(({ role, content }) => ({ role, content }));
        const row = { kind: 'conversation', conversation: { messages: plain } } as const;
        const [assistant, final, whole] = [label(all, row), label(last, row), label(full, row)];
        expect([...final.inputIds]).toEqual([...assistant.inputIds]);
        expect([...whole.labels]).toEqual([...whole.inputIds]);
        expectSound(final);
        const runs = trainedTexts(all, assistant);
        expect(trainedTexts(last, final)).toEqual(runs.slice(-1));
      });
    },
  );

  it.each([
    ['phi-3', 'phi-3'],
    ['gemma-4', 'chatml'],
    ['llama-spm', 'zephyr'],
  ])('%s cannot tell the sign ▁ from a space: such a row is dropped and says so', async (name, preset) => {
    const labeller = await open(name, preset);
    const messages: Message[] = [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'b▁c' },
    ];
    const example = label(labeller, { kind: 'conversation', conversation: { messages } });
    expect(example.dropped).toBe('spansUnproven');
    expect(example.problem).toContain('bytes');
  });

  it('are the same in every round', async () => {
    const [first, second] = [await open('qwen2', 'qwen-2.5'), await open('qwen2', 'qwen-2.5')];
    each(4, messages => {
      const row = { kind: 'conversation', conversation: { messages } } as const;
      expect(label(second, row)).toEqual(label(first, row));
    });
  });
});
