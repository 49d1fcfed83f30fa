import { describe, expect, it } from 'vitest';
import type { ImportOptions } from './import-options.ts';
import { createRowImporter } from './import-row.ts';

const place = { row: 4, line: 5 };
const defaults: ImportOptions = {
  format: 'messages',
  formatFixed: false,
  columns: {},
  roles: {},
  systemPrompt: null,
  systemRole: 'keep',
};
const importAs = (value: unknown, options: Partial<ImportOptions> = {}) =>
  createRowImporter({ ...defaults, ...options }).importRow(value, place);
const messages = (...list: [string, unknown][]) => ({
  messages: list.map(([role, content]) => ({ role, content })),
});
/** The row that a list of messages becomes. */
const conversation = (list: object[], findings: string[] = [], rest: object = {}) => ({
  ...place,
  kind: 'conversation',
  findings,
  conversation: { messages: list, ...rest },
});
const user = (content: string) => ({ role: 'user', content });
const assistant = (content: string) => ({ role: 'assistant', content });
const system = (content: string) => ({ role: 'system', content });

describe('messages', () => {
  it('keep their order and the row its place', () => {
    expect(importAs(messages(['user', 'hi'], ['assistant', 'yo']))).toEqual(
      conversation([user('hi'), assistant('yo')]),
    );
  });

  it.each([
    [null, 'The row is null, not an object.'],
    [[], 'The row is a list, not an object.'],
    [{ x: 'y' }, 'The row has no list `messages`; its keys are x.'],
    [{ messages: [] }, 'The list `messages` is empty.'],
    [{ messages: 'hi' }, '`messages` is a string, not a list of messages.'],
    [
      { messages: "[{'role': 'user'}]" },
      '`messages` is Python, not JSON: single quotes. Write it with json.dumps.',
    ],
    [messages(['user', null]), 'Message 1 has null as content, not text.'],
    [messages(['assistant', 7]), 'Message 1 has a number as content, not text.'],
    [{ messages: ['hi'] }, 'Message 1 is a string, not an object.'],
    [{ messages: [{ content: 'x' }] }, 'Message 1 has no role.'],
    [
      messages(['user', 'x'], ['constructor', 'x']),
      'Message 2 has the role `constructor`, which is not mapped.',
    ],
  ])('say what is wrong with %j', (value, message) => {
    expect(importAs(value)).toMatchObject({ ...place, kind: 'invalid', message });
  });

  it("let the recipe's role names win over the common ones", () => {
    expect(importAs(messages(['gpt', 'yo']), { roles: { gpt: 'user' } })).toEqual(conversation([user('yo')]));
  });

  it('guess roles by whole names only, in any case', () => {
    expect(importAs(messages(['Human', 'a'], ['GPT', 'b']))).toEqual(
      conversation([user('a'), assistant('b')]),
    );
    expect(importAs(messages(['superuser', 'a']))).toMatchObject({ kind: 'invalid' });
  });

  it('may stand in a table as JSON text', () => {
    expect(importAs({ messages: '[{"role":"user","content":"hi"}]' })).toEqual(conversation([user('hi')]));
  });

  it('may be the row itself', () => {
    expect(importAs(messages(['user', 'a'], ['assistant', 'b']).messages)).toEqual(
      conversation([user('a'), assistant('b')]),
    );
  });

  it('join text parts and leave images out, and say so', () => {
    const parts = [
      { type: 'text', text: 'a' },
      { type: 'image_url', image_url: { url: 'http://127.0.0.1:1/x.png' } },
      { type: 'text', text: 'b' },
    ];
    expect(importAs(messages(['user', parts]))).toEqual(conversation([user('ab')], ['data.imageIgnored']));
  });

  it('refuse parts that are neither text nor media', () => {
    expect(importAs(messages(['user', [{ type: 'tool_use' }]]))).toMatchObject({
      message: 'Message 1 has a part of the type `tool_use` that is no text.',
    });
  });

  it('lose their image marks where the row names images, which are not opened', () => {
    const row = { ...messages(['user', '<image>look']), images: ['/etc/passwd'] };
    expect(importAs(row)).toEqual(conversation([user('look')], ['data.imageIgnored']));
    expect(importAs(messages(['user', 'the <image> tag']))).toEqual(conversation([user('the <image> tag')]));
  });

  it('keep names, call ids, reasoning and training flags', () => {
    const row = {
      messages: [
        { role: 'user', content: 'q', name: 'ann', weight: 0 },
        { role: 'assistant', content: 'a', reasoning_content: 'hm', weight: 1 },
        { role: 'assistant', content: 'b', thinking: 'so', train: false },
        { role: 'tool', content: '5', tool_call_id: 'c1', name: null },
      ],
    };
    expect(importAs(row)).toEqual(
      conversation([
        { ...user('q'), name: 'ann', trained: false },
        { ...assistant('a'), reasoning: 'hm', trained: true },
        { ...assistant('b'), reasoning: 'so', trained: false },
        { role: 'tool', content: '5', toolCallId: 'c1' },
      ]),
    );
  });

  it('refuse weights between 0 and 1 instead of rounding them', () => {
    expect(importAs({ messages: [{ role: 'assistant', content: 'a', weight: 0.5 }] })).toMatchObject({
      message: 'Message 1 has the weight 0.5, which is neither 0 nor 1.',
    });
  });

  it.each([['{"city":"Oslo"}'], [{ city: 'Oslo' }]])(
    'hold tool calls without content, arguments %j as an object',
    args => {
      const call = { id: 'c1', type: 'function', function: { name: 'weather', arguments: args } };
      const row = { messages: [{ role: 'assistant', content: null, tool_calls: [call] }] };
      expect(importAs(row)).toEqual(
        conversation([
          {
            role: 'assistant',
            content: null,
            toolCalls: [{ id: 'c1', name: 'weather', arguments: { city: 'Oslo' } }],
          },
        ]),
      );
    },
  );

  it('hold tool calls with content, and the older function_call', () => {
    const row = {
      messages: [
        {
          role: 'assistant',
          content: 'One moment.',
          tool_calls: [{ function: { name: 'f', arguments: '' } }],
        },
        { role: 'assistant', function_call: { name: 'g', arguments: '{}' } },
      ],
    };
    expect(importAs(row)).toEqual(
      conversation([
        { ...assistant('One moment.'), toolCalls: [{ id: null, name: 'f', arguments: {} }] },
        { role: 'assistant', content: null, toolCalls: [{ id: null, name: 'g', arguments: {} }] },
      ]),
    );
  });

  it('refuse arguments that are not JSON', () => {
    const row = { messages: [{ role: 'assistant', tool_calls: [{ name: 'f', arguments: "{'a': 1}" }] }] };
    expect(importAs(row)).toMatchObject({ message: 'Message 1 calls `f` with arguments that are not JSON.' });
  });

  it('carry tools, documents and template variables, also stored as JSON text', () => {
    const wrapped = { type: 'function', function: { name: 'f', parameters: {} } };
    const row = {
      ...messages(['developer', 'd'], ['user', 'q']),
      tools: '[{"name":"f","parameters":{}}]',
      documents: [{ title: 't' }],
      chat_template_kwargs: '{"enable_thinking":false}',
    };
    expect(importAs(row)).toEqual(
      conversation([{ role: 'developer', content: 'd' }, user('q')], [], {
        tools: [wrapped],
        documents: [{ title: 't' }],
        variables: { enable_thinking: false },
      }),
    );
    expect(importAs({ ...messages(['user', 'q']), functions: [wrapped] })).toEqual(
      conversation([user('q')], [], { tools: [wrapped] }),
    );
  });

  it('have no tools where the column is empty, and refuse one that is no JSON', () => {
    expect(importAs({ ...messages(['user', 'q']), tools: '[]' })).toEqual(conversation([user('q')]));
    expect(importAs({ ...messages(['user', 'q']), tools: 'a hammer' })).toMatchObject({
      message: 'The column `tools` holds no JSON list of tools.',
    });
  });

  it('refuse tools in JSON text that is nested to overflow a stack', () => {
    const tools = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    expect(importAs({ ...messages(['user', 'q']), tools })).toMatchObject({ kind: 'invalid' });
  });

  it('show placeholders that were left in the data', () => {
    expect(importAs(messages(['assistant', 'I am {{name}}.'])).findings).toEqual(['data.placeholder']);
    expect(importAs(messages(['assistant', 'Dear [YOUR NAME],'])).findings).toEqual(['data.placeholder']);
    expect(importAs(messages(['assistant', 'f({{}}) and [INST]'])).findings).toEqual([]);
  });
});

describe('system messages', () => {
  it('come from the recipe only where the conversation has none', () => {
    const options = { systemPrompt: 'Be brief.' };
    expect(importAs(messages(['user', 'hi']), options)).toEqual(
      conversation([system('Be brief.'), user('hi')]),
    );
    expect(importAs(messages(['system', 'own']), options)).toEqual(conversation([system('own')]));
    expect(importAs(messages(['developer', 'own']), options)).toEqual(
      conversation([{ role: 'developer', content: 'own' }]),
    );
  });

  it('come from the system column before the recipe', () => {
    const row = { conversations: [{ from: 'human', value: 'hi' }], system: 'column' };
    expect(importAs(row, { systemPrompt: 'recipe' })).toEqual(conversation([system('column'), user('hi')]));
  });

  it('are merged into the next user message if asked', () => {
    expect(
      importAs(messages(['system', 'a'], ['user', 'b'], ['assistant', 'c']), { systemRole: 'merge' }),
    ).toEqual(conversation([user('a\n\nb'), assistant('c')]));
  });

  it('become a user message where none follows, instead of being lost', () => {
    expect(importAs(messages(['system', 'a'], ['assistant', 'c']), { systemRole: 'merge' })).toEqual(
      conversation([user('a'), assistant('c')]),
    );
  });
});

describe('ShareGPT', () => {
  it.each([['conversations'], ['conversation'], ['dialog']])('is read from `%s`', column => {
    const row = {
      [column]: [
        { from: 'human', value: 'q' },
        { from: 'gpt', value: 'a' },
      ],
    };
    expect(importAs(row, { format: 'sharegpt' })).toEqual(conversation([user('q'), assistant('a')]));
  });

  it('is read with role and content, and with pairs', () => {
    const flat = {
      conversations: [
        { role: 'user', content: 'q' },
        { role: 'assistant', content: 'a' },
      ],
    };
    const pairs = {
      conversation: [
        { user: 'q', assistant: 'a' },
        { human: 'r', assistant: 'b' },
      ],
    };
    expect(importAs(flat)).toEqual(conversation([user('q'), assistant('a')]));
    expect(importAs(pairs)).toEqual(conversation([user('q'), assistant('a'), user('r'), assistant('b')]));
  });

  it('turns function_call and observation into a call and its result', () => {
    const row = {
      conversations: [
        { from: 'function_call', value: '{"name": "f", "arguments": {"x": 1}}' },
        { from: 'observation', value: '{"y": 2}' },
      ],
      tools: '[]',
    };
    expect(importAs(row)).toEqual(
      conversation([
        { role: 'assistant', content: null, toolCalls: [{ id: null, name: 'f', arguments: { x: 1 } }] },
        { role: 'tool', content: '{"y": 2}' },
      ]),
    );
  });
});

describe('Alpaca and question/answer columns', () => {
  const alpaca = { format: 'alpaca' } as const;

  it('become messages, the input below the instruction', () => {
    expect(importAs({ instruction: 'Add.', input: '2 and 2', output: '4' }, alpaca)).toEqual(
      conversation([user('Add.\n2 and 2'), assistant('4')]),
    );
    expect(importAs({ instruction: 'Hi', input: '', output: 'Yo' }, alpaca)).toEqual(
      conversation([user('Hi'), assistant('Yo')]),
    );
  });

  it('carry system and history before the instruction', () => {
    const row = { system: 's', history: [['q1', 'a1']], instruction: 'q2', output: 'a2' };
    expect(importAs(row, alpaca)).toEqual(
      conversation([system('s'), user('q1'), assistant('a1'), user('q2'), assistant('a2')]),
    );
  });

  it.each([
    ['question', 'answer'],
    ['query', 'response'],
    ['input', 'output'],
    ['instruction', 'response'],
    ['Question', 'Answer'],
  ])('%s and %s become messages', (asked, answered) => {
    expect(importAs({ id: 1, [asked]: 'q', [answered]: 'a' }, alpaca)).toEqual(
      conversation([user('q'), assistant('a')]),
    );
  });

  it('never match a part of a name', () => {
    expect(importAs({ question_id: 'q', answer_key: 'a' }, alpaca)).toMatchObject({ kind: 'invalid' });
  });

  it('write numbers as text', () => {
    expect(importAs({ question: 'q', answer: 4 }, alpaca)).toEqual(conversation([user('q'), assistant('4')]));
  });

  it('are refused without an answer or a question', () => {
    expect(importAs({ question: 'q', answer: '' }, alpaca)).toMatchObject({
      message: 'The row has no answer: `answer` is empty.',
    });
    expect(importAs({ question: null, answer: 'a' }, alpaca)).toMatchObject({
      message: 'The row has no prompt: `question` is empty.',
    });
  });

  it('become a pair of texts where the recipe says so', () => {
    const options = { format: 'prompt-completion', formatFixed: true } as const;
    expect(importAs({ question: 'q', answer: 'a' }, options)).toEqual({
      ...place,
      kind: 'pair',
      findings: [],
      prompt: 'q',
      completion: 'a',
    });
  });

  it('take the columns that the recipe names', () => {
    const columns = { prompt: 'Frage', completion: 'text' };
    expect(importAs({ Frage: 'q', text: 'a', answer: 'x' }, { ...alpaca, columns })).toEqual(
      conversation([user('q'), assistant('a')]),
    );
  });
});

describe('prompt and completion', () => {
  const pair = { format: 'prompt-completion' } as const;

  it('are a pair of texts, to the letter', () => {
    expect(importAs({ prompt: ' q\r\n', completion: ' a ' }, pair)).toEqual({
      ...place,
      kind: 'pair',
      findings: [],
      prompt: ' q\r\n',
      completion: ' a ',
    });
  });

  it('are a pair of message lists', () => {
    const row = {
      prompt: [{ role: 'user', content: 'q' }],
      completion: [{ role: 'assistant', content: 'a' }],
      tools: [],
    };
    expect(importAs(row, { ...pair, systemPrompt: 's' })).toEqual({
      ...place,
      kind: 'message-pair',
      findings: [],
      prompt: { messages: [system('s'), user('q')] },
      completion: [assistant('a')],
    });
  });

  it('may lack the prompt column, not a prompt', () => {
    expect(importAs({ completion: 'b' }, pair)).toMatchObject({ kind: 'pair', prompt: '', completion: 'b' });
    expect(importAs({ prompt: null, completion: 'b' }, pair)).toMatchObject({
      message: 'The row has no prompt: `prompt` is empty.',
    });
    expect(importAs({ prompt: 'a', completion: null }, pair)).toMatchObject({
      message: 'The row has no completion: `completion` is empty.',
    });
  });

  it('takes a text of no letters as it is, unless both are', () => {
    expect(importAs({ prompt: '', completion: 'b' }, pair)).toMatchObject({ prompt: '', completion: 'b' });
    expect(importAs({ prompt: 'a', completion: '' }, pair)).toMatchObject({ prompt: 'a', completion: '' });
    expect(importAs({ prompt: '', completion: '' }, pair)).toMatchObject({
      message: 'Prompt and completion are empty.',
    });
  });
});

describe('preference data', () => {
  it('uses the chosen answer and says so', () => {
    const row = { prompt: 'p', chosen: 'good', rejected: 'bad' };
    expect(importAs(row, { format: 'alpaca' })).toEqual(
      conversation([user('p'), assistant('good')], ['data.preference']),
    );
  });

  it('is read beside a conversation, and from whole conversations', () => {
    const beside = {
      conversations: [{ from: 'human', value: 'q' }],
      chosen: { from: 'gpt', value: 'good' },
      rejected: { from: 'gpt', value: 'bad' },
    };
    const whole = {
      prompt: 'q',
      chosen: messages(['user', 'q'], ['assistant', 'good']).messages,
      rejected: [],
    };
    const expected = conversation([user('q'), assistant('good')], ['data.preference']);
    expect(importAs(beside)).toEqual(expected);
    expect(importAs(whole)).toEqual(expected);
  });

  it('leaves out answers that are marked as bad', () => {
    const options = { format: 'prompt-completion' } as const;
    expect(importAs({ prompt: 'p', completion: 'c', label: false }, options)).toMatchObject({
      kind: 'invalid',
      code: 'row.rejectedAnswer',
    });
    expect(importAs({ prompt: 'p', completion: 'c', label: true }, options)).toMatchObject({
      kind: 'pair',
      findings: ['data.preference'],
    });
  });

  it('uses the first of ranked answers', () => {
    expect(importAs({ instruction: 'p', output: ['good', 'bad'] }, { format: 'alpaca' })).toEqual(
      conversation([user('p'), assistant('good')], ['data.preference']),
    );
  });
});

describe("other services' layouts", () => {
  it('are read: contents of parts, with the system instruction beside them', () => {
    const row = {
      systemInstruction: { role: 'system', parts: [{ text: 's' }] },
      contents: [
        { role: 'user', parts: [{ text: 'q' }] },
        { role: 'model', parts: [{ text: 'a' }] },
      ],
    };
    expect(importAs(row)).toEqual(conversation([system('s'), user('q'), assistant('a')]));
  });

  it('never lose a system prompt that is a list of parts, or no text at all', () => {
    const row = { ...messages(['user', 'q']), system: [{ text: 's' }] };
    expect(importAs(row)).toEqual(conversation([system('s'), user('q')]));
    expect(importAs({ ...row, system: 7 })).toMatchObject({ message: 'The column `system` holds no text.' });
  });

  it('are read: preferred and non-preferred output', () => {
    const row = {
      input: { messages: [{ role: 'user', content: 'q' }], tools: [] },
      preferred_output: [{ role: 'assistant', content: 'good' }],
      non_preferred_output: [{ role: 'assistant', content: 'bad' }],
    };
    expect(importAs(row, { format: 'alpaca' })).toEqual(
      conversation([user('q'), assistant('good')], ['data.preference']),
    );
  });

  it('are read: a rejected response beside the response', () => {
    const row = { query: 'q', response: 'good', rejected_response: 'bad' };
    expect(importAs(row, { format: 'alpaca' })).toEqual(
      conversation([user('q'), assistant('good')], ['data.preference']),
    );
  });
});

describe('text', () => {
  it('is taken to the letter', () => {
    expect(importAs({ text: ' a\r\n' }, { format: 'text' })).toEqual({
      ...place,
      kind: 'text',
      findings: [],
      text: ' a\r\n',
    });
  });

  it('is refused where it is empty or no text', () => {
    expect(importAs({ text: '' }, { format: 'text' })).toMatchObject({ kind: 'invalid' });
    expect(importAs({ text: { a: 1 } }, { format: 'text' })).toMatchObject({
      message: '`text` is an object, not text.',
    });
  });
});

describe('tokenized rows', () => {
  const tokenized = { format: 'tokenized' } as const;

  it('are taken as they are', () => {
    expect(importAs({ input_ids: [1, 2], labels: [-100, 2] }, tokenized)).toEqual({
      ...place,
      kind: 'tokenized',
      findings: [],
      inputIds: [1, 2],
      labels: [-100, 2],
    });
  });

  it('with shifted labels are refused: they would train each token to repeat itself', () => {
    expect(importAs({ input_ids: [1, 2, 3], labels: [2, 3, -100] }, tokenized)).toMatchObject({
      message: 'Label 0 is 2, where the input id is 1; labels are unshifted.',
    });
  });

  it.each([
    [{ input_ids: [1.5], labels: [1] }],
    [{ input_ids: [1, 2], labels: [1] }],
    [{ input_ids: '1 2', labels: [1] }],
    [{ input_ids: [1, 2] }],
    [{ input_ids: [2 ** 40], labels: [-100] }],
  ])('refuse %j', value => {
    expect(importAs(value, tokenized).kind).toBe('invalid');
  });
});

describe('mixed layouts', () => {
  it('are fine where they give the same kind of example', () => {
    expect(importAs({ instruction: 'q', output: 'a' }, { format: 'messages' })).toEqual(
      conversation([user('q'), assistant('a')]),
    );
  });

  it('are refused row by row where they do not', () => {
    expect(importAs({ prompt: 'q', completion: 'a' }, { format: 'messages' })).toMatchObject({
      kind: 'invalid',
      code: 'row.otherFormat',
    });
    expect(importAs({ input_ids: [1], labels: [1] }, { format: 'messages' })).toMatchObject({
      code: 'row.otherFormat',
    });
  });
});
