/** Traps that cost others a run: each must be seen before one starts, or be harmless. */
import { afterAll, describe, expect, it } from 'vitest';
import { label, openTestLabeller, trainedTexts } from './labelling.ts';
import { createWorkspace, demoModel } from './luthier-process.ts';
import { chat, chats, checkOf, preflight, type RecipeKeys, recipeOver } from './preflighting.ts';

const workspace = createWorkspace('traps');
afterAll(workspace.remove);

const report = (rows: readonly unknown[], keys: Omit<RecipeKeys, 'model'> = {}) =>
  preflight(workspace, recipeOver(workspace, rows, { model: demoModel, ...keys }));

/** ChatML with a default system prompt, which prints users and assistants only. */
const deaf = (answer: string) => ({
  source: 'file' as const,
  path: workspace.write(
    `deaf-${answer.length}.jinja`,
    `{{- '<|im_start|>system\\nBe kind.<|im_end|>\\n' }}{%- for message in messages %}{%- if message.role == 'user' %}{{- '<|im_start|>user\\n' + message.content + '<|im_end|>\\n' }}{%- elif message.role == 'assistant' %}{{- '<|im_start|>assistant\\n' + ${answer} + '<|im_end|>\\n' }}{%- endif %}{%- endfor %}{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}`,
  ),
});

describe('roles that the template renders to nothing', () => {
  const rows = [1, 2].map(i => ({
    conversations: [
      { from: 'human', value: `Q${i}` },
      { from: 'gpt', value: `A${i}` },
    ],
  }));
  const dataset = { roles: { human: 'tool', gpt: 'tool' } } as const;

  it('block, since no answer is left', async () => {
    const found = await report(rows, { dataset, template: deaf('message.content') });
    expect(found.status).toBe('blocked');
    expect(checkOf(found, 'labels.none').cause).toContain('2 of 2 rows have no assistant message');
  });

  it('block where everything is trained too: the default system prompt alone would be', async () => {
    const keys = { dataset, template: deaf('message.content'), masking: { strategy: 'full' } } as const;
    const found = await report(rows, keys);
    expect(checkOf(found, 'labels.contentLost')).toMatchObject({ severity: 'error', count: 2, rows: [0, 1] });
    expect(found.status).toBe('blocked');
  });
});

describe('a conversation that ends in a user turn', () => {
  it('trains the answers before it and nothing of it', async () => {
    const labeller = await openTestLabeller(demoModel);
    const messages = [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'A fox.' },
      { role: 'user', content: 'And?' },
    ] as const;
    const example = label(labeller, { kind: 'conversation', conversation: { messages } });
    expect(trainedTexts(labeller, example)).toEqual(['A fox.<|im_end|>']);
    labeller.dispose();
  });

  it('is left out with its reason where it has no answer at all', async () => {
    const found = await report([chat(['user', 'Hi']), ...chats(9)]);
    expect(found.totals).toMatchObject({ kept: 9, dropped: { noAssistant: 1 } });
    expect(checkOf(found, 'labels.rowEmpty')).toMatchObject({ severity: 'warning', rows: [0] });
  });
});

describe('an answer that is tool calls with null content', () => {
  const call = {
    messages: [
      { role: 'user', content: 'Look.' },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ type: 'function', function: { name: 'look', arguments: '{"place": "here"}' } }],
      },
    ],
  };

  it('is trained where the template prints the call', async () => {
    const printed = await report([call], {
      template: deaf("(message.content or '') + (message.tool_calls | tojson if message.tool_calls else '')"),
    });
    expect(printed.totals).toMatchObject({ kept: 1, dropped: {} });
    expect(checkOf(printed, 'labels.contentLost').severity).toBe('ok');
    expect(printed.totals.trainableTokens).toBeGreaterThan(5);
  });

  it('blocks where the template drops the call, so that the end token alone would be trained', async () => {
    const dropped = await report([call], { template: deaf("(message.content or '')") });
    expect(dropped.status).toBe('blocked');
    expect(checkOf(dropped, 'labels.contentLost')).toMatchObject({ severity: 'error', rows: [0] });
  });
});

describe('a template that changes content', () => {
  it('may trim it', async () => {
    const rows = [chat(['user', ' Hi '], ['assistant', '  A fox. \n'])];
    const found = await report(rows, { template: deaf('message.content | trim') });
    expect(checkOf(found, 'labels.contentLost').severity).toBe('ok');
    expect(found.totals.kept).toBe(1);
  });

  it('is reported where it rewrites it', async () => {
    const found = await report(chats(3), { template: deaf('message.content | upper') });
    const ids = found.checks.filter(({ severity }) => severity === 'error').map(({ id }) => id);
    expect(ids.some(id => id === 'labels.contentLost' || id === 'labels.noSpans')).toBe(true);
  });
});

describe('text that tokenizers stumble over', () => {
  it('is trained to the letter: line ends of Windows, emoji, right to left', async () => {
    const labeller = await openTestLabeller(demoModel);
    for (const content of ['one\r\ntwo\r\n.', 'fox 🦊👩🏽‍🚀 and é', 'שלום עולם', 'مرحبا\u200f!']) {
      const messages = [
        { role: 'user', content: `${content}?` },
        { role: 'assistant', content },
      ] as const;
      const example = label(labeller, { kind: 'conversation', conversation: { messages } });
      expect(trainedTexts(labeller, example)).toEqual([`${content}<|im_end|>`]);
    }
    labeller.dispose();
  });

  it('does no harm at the ends of the lines of a file', async () => {
    const rows = chats(3).map(row => `${JSON.stringify(row)}\r`);
    expect((await report(rows)).totals).toMatchObject({ examples: 3, kept: 3 });
  });
});

describe('a placeholder that was left in the data', () => {
  it('is named with its rows', async () => {
    const found = await report([...chats(3), chat(['user', 'Hi'], ['assistant', 'Dear {{name}}!'])]);
    expect(checkOf(found, 'data.placeholder')).toMatchObject({ severity: 'warning', count: 1, rows: [3] });
  });
});

describe('a first label at index 0', () => {
  it('counts for nothing, since nothing predicts it', async () => {
    const rows = [{ input_ids: [5, 6, 7], labels: [5, -100, -100] }];
    const found = await report(rows);
    expect(found.totals).toMatchObject({ kept: 0, trainableTokens: 0, dropped: { noTrainableTokens: 1 } });
    expect(checkOf(found, 'labels.none').cause).toContain('stands at index 0');
    expect(found.status).toBe('blocked');
  });
});

describe('a row that is over length in every epoch', () => {
  it('is counted once', async () => {
    const words = Array.from({ length: 60 }, (_, i) => `w${i}`).join(' ');
    const rows = [chat(['user', 'a'], ['assistant', words]), ...chats(5)];
    const found = await report(rows, { collator: { maxLength: 64 }, training: { epochs: 3 } });
    expect(found.totals.truncatedExamples).toBe(1);
    expect(checkOf(found, 'length.truncated')).toMatchObject({ severity: 'warning', count: 1, rows: [0] });
  });
});

describe('a marker that no row holds', () => {
  const masking = (response: string) =>
    ({ strategy: 'markers', markers: { instruction: '<|im_start|>user\n', response } }) as const;

  it('is shown beside the nearest text of the first row', async () => {
    const found = await report(chats(2), { masking: masking('<|im_start|>asistant\n') });
    const { severity, cause, rows } = checkOf(found, 'labels.markerMissing');
    expect({ severity, rows }).toEqual({ severity: 'error', rows: [0, 1] });
    expect(cause).toContain('The nearest text of row 0 is "<|im_start|>assistant\\n"');
  });

  it('is not found in what a message itself spells', async () => {
    const rows = [chat(['user', 'Say ANSWER: please.'], ['assistant', 'ANSWER: no.'])];
    const found = await report(rows, { masking: masking('ANSWER: ') });
    expect(checkOf(found, 'labels.markerMissing')).toMatchObject({ severity: 'error', count: 1 });
    expect(found.totals.trainableTokens).toBe(0);
  });

  it('matters for questions too: without it they would be trained', async () => {
    const markers = { instruction: '<|im_start|>human\n', response: '<|im_start|>assistant\n' };
    const found = await report(chats(2), { masking: { strategy: 'markers', markers } });
    const { severity, cause } = checkOf(found, 'labels.markerMissing');
    expect(severity).toBe('error');
    expect(cause).toContain('questions are trained');
  });
});
