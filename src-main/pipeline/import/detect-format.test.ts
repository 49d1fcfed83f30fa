import { describe, expect, it } from 'vitest';
import { guessColumns } from './column-names.ts';
import { detectFormat } from './detect-format.ts';
import { whyNoColumn, whyNotADataset, whyRendered } from './refuse-dataset.ts';

describe('detectFormat', () => {
  it.each([
    [{ messages: [{ role: 'user', content: 'x' }] }, 'messages'],
    [{ messages: 'broken' }, 'messages'],
    [{ conversations: [{ from: 'human', value: 'x' }] }, 'sharegpt'],
    [{ prompt: 'a', messages: [{ role: 'user', content: 'x' }] }, 'messages'],
    [{ instruction: 'a', input: '', output: 'b' }, 'alpaca'],
    [{ instruction: 'a', input: '', output: 'b', text: '### Instruction' }, 'alpaca'],
    [{ question: 'a', answer: 'b' }, 'alpaca'],
    [{ prompt: 'a', completion: 'b' }, 'prompt-completion'],
    [{ prompt: 'a', response: 'b' }, 'alpaca'],
    [{ prompt: 'a', chosen: 'b', rejected: 'c' }, 'alpaca'],
    [{ completion: 'b' }, 'prompt-completion'],
    [{ text: 'a', category: 'b' }, 'text'],
    [{ input_ids: [1], labels: [1] }, 'tokenized'],
    [{ question: 'a' }, null],
    [{ role: 'user', content: 'a' }, null],
    [[{ role: 'user', content: 'a' }], 'messages'],
    [{ turns: ['a', 'b'] }, null],
    [{ context_length: 1, texts: 2 }, null],
  ])('%j is %s', (row, format) => {
    expect(detectFormat([null, row], {})).toBe(format);
  });

  it('goes by most rows, and by the first among equals', () => {
    const [chat, text] = [{ messages: [{ role: 'user', content: 'x' }] }, { text: 'a' }];
    expect(detectFormat([text, chat, chat], {})).toBe('messages');
    expect(detectFormat([text, chat], {})).toBe('text');
  });

  it("goes by the recipe's columns before any other", () => {
    expect(detectFormat([{ question: 'a', answer: 'b', body: 'c' }], { text: 'body' })).toBe('text');
    expect(detectFormat([{ text: 'a', category: 'b' }], { prompt: 'text', completion: 'category' })).toBe(
      'alpaca',
    );
  });
});

describe('guessColumns', () => {
  it('gives a column to one part only', () => {
    expect(guessColumns(['input', 'output'], {})).toEqual({ prompt: 'input', completion: 'output' });
    expect(guessColumns(['context', 'question', 'answer'], {})).toEqual({
      prompt: 'question',
      completion: 'answer',
      input: 'context',
    });
  });
});

describe('whyNotADataset', () => {
  it.each([
    [[42], 'Its values are no rows: the first is a number.'],
    [
      [{ turns: ['a'], id: 1 }],
      'Its rows have questions (`turns`) and no answers; their keys are turns, id.',
    ],
    [
      [{ model_type: 'llama', vocab_size: 1 }],
      'It is one object with the settings model_type, vocab_size: a configuration file.',
    ],
    [
      [{ role: 'user', content: 'hi' }],
      'Each of its rows is a single message, so nothing says which belong together.',
    ],
    [[{ a: 1 }, { a: 2 }], 'No column of its rows has a known name; their keys are a.'],
  ])('%j', (values, cause) => {
    expect(whyNotADataset(values, {})).toMatchObject({ code: 'data.notADataset', cause });
  });

  it('says which columns there are and which may be meant, also where one of two is named', () => {
    const rows = [{ id: 7, ask: 'Where?', say: 'In the wood, under the oak.', note: 'x' }];
    const details = { columns: ['id', 'ask', 'say', 'note'], proposal: { prompt: 'ask', completion: 'say' } };
    expect(whyNotADataset(rows, {})).toMatchObject({ details });
    expect(whyNotADataset(rows, { prompt: 'ask' })).toMatchObject({
      cause: 'Its rows have questions (`ask`) and no answers; their keys are id, ask, say, note.',
      details,
    });
    expect(whyNoColumn(rows, { prompt: 'question' })).toMatchObject({ details });
  });
});

describe('whyRendered', () => {
  it('names texts that are chats in template tokens', () => {
    const text = '<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\nyo<|im_end|>';
    expect(whyRendered([{ text }], {})?.cause).toContain('<|im_start|>');
    expect(whyRendered([{ text: 'prose' }, { text: 'prose' }, { text }], {})).toBeNull();
  });
});

describe('whyNoColumn', () => {
  it('names a column of the recipe that no row has', () => {
    expect(whyNoColumn([{ a: 1, b: 2 }], { prompt: 'a', completion: 'answr' })?.cause).toBe(
      'dataset.columns.completion names `answr`; the columns are a, b.',
    );
    expect(whyNoColumn([{ a: 1 }], { prompt: 'a' })).toBeNull();
  });
});
