/** A finding must lead to the very token that it speaks of, whatever the format, the template and the masking. */
import { afterAll, describe, expect, test } from 'vitest';
import { describeModel } from '../src-main/processes/explorer/describe-model.ts';
import { ExplorerSession } from '../src-main/processes/explorer/explorer-session.ts';
import { showExample } from '../src-main/processes/explorer/show-example.ts';
import { orThrow } from '../src-shared/contract/coded-error.ts';
import { llamaModels, nativeDirectory, vocabulary } from './labelling.ts';
import { createWorkspace, demoModel } from './luthier-process.ts';
import { chat, chats, preflight, type RecipeKeys, recipeOver } from './preflighting.ts';

const workspace = createWorkspace('places');
afterAll(workspace.remove);
const session = new ExplorerSession();
const context = { nativeDirectory, now: 0, signal: new AbortController().signal };

let templates = 0;
/** ChatML; `answer` prints what an assistant says with all that belongs to it. */
const chatml = (answer: string, before = '') => ({
  source: 'file' as const,
  path: workspace.write(
    `places-${templates++}.jinja`,
    `${before}{%- for message in messages %}{%- if message.role == 'assistant' %}${answer}{%- else %}{{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' }}{%- endif %}{%- endfor %}{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}`,
  ),
});
const header = "{{- '<|im_start|>assistant\\n' }}";
const said = '{{- message.content }}';
const end = "{{- '<|im_end|>\\n' }}";

const fox = chat(['user', 'Where is the fox?'], ['assistant', 'In the wood.']);
const words = (count: number, word = 'w') => Array.from({ length: count }, (_, i) => `${word}${i}`).join(' ');

/** Where a check of the report leads in its first row: the text in front of the token, and from it on. */
async function lead(check: string, rows: readonly unknown[], keys: Partial<RecipeKeys> = {}) {
  const recipe = recipeOver(workspace, rows, { model: demoModel, ...keys });
  const report = await preflight(workspace, recipe);
  const found = report.checks.find(({ id, severity }) => id === check && severity !== 'ok');
  const row = found?.rows[0];
  if (row === undefined) throw new Error(`No row is listed by ${check}.`);
  const shown = async (part: number) =>
    orThrow(
      await showExample(session, { kind: 'example', recipe, row, part, from: 0, count: 4000 }, context),
    );
  const { places } = await shown(0);
  const place = places[check];
  if (place === undefined) return { row, before: null, from: null };
  const { page, part } = await shown(place.part);
  expect(part).toBe(place.part);
  const text = (pieces: readonly string[]) => pieces.join('');
  return {
    row,
    token: place.token,
    part,
    before: text(page.pieces.slice(0, place.token)),
    from: text(page.pieces.slice(place.token)),
  };
}

describe('checks of labels', () => {
  test('a row without an answer: its end, where one would follow', async () => {
    const place = await lead('labels.rowEmpty', [...chats(9), chat(['user', 'Hi there'])]);
    expect(place).toMatchObject({ row: 9, before: expect.stringMatching(/Hi there<\|im_end\|>$/) });
  });

  test('an answer that is not trained: its first word', async () => {
    const messages = [fox.messages[0], { ...fox.messages[1], weight: 0 }];
    for (const check of ['labels.rowEmpty', 'labels.none'])
      expect(await lead(check, [{ messages }])).toMatchObject({
        before: expect.stringMatching(/assistant\n$/),
        from: expect.stringMatching(/^In the wood\./),
      });
  });

  test('an empty answer: the end token that alone is trained', async () => {
    const rows = [...chats(5), chat(['user', 'Hi'], ['assistant', ''])];
    expect(await lead('labels.onlyTerminator', rows)).toMatchObject({
      row: 5,
      before: expect.stringMatching(/assistant\n$/),
      from: expect.stringMatching(/^<\|im_end\|>/),
    });
  });

  test('an answer that generation tags do not enclose: its first word', async () => {
    const template = chatml(`${header}${said}{%- generation %}{%- endgeneration %}${end}`);
    expect(await lead('labels.noSpans', [fox], { template })).toMatchObject({
      from: expect.stringMatching(/^In the wood\./),
    });
  });

  test('a marker that lacks: where it should stand', async () => {
    const masking = (instruction: string, response: string) => ({
      masking: { strategy: 'markers', markers: { instruction, response } } as const,
    });
    const [question, answer] = ['<|im_start|>user\n', '<|im_start|>assistant\n'];
    const rows = [chat(['system', 'Be kind.'], ['user', 'Where is the fox?'], ['assistant', 'In the wood.'])];
    expect(
      await lead('labels.markerMissing', rows, masking(question, '<|im_start|>asistant\n')),
    ).toMatchObject({ from: expect.stringMatching(/^<\|im_start\|>assistant\n/) });
    expect(await lead('labels.markerMissing', rows, masking('<|im_start|>human\n', answer))).toMatchObject({
      from: expect.stringMatching(/^<\|im_start\|>user\n/),
    });
  });

  test('a message that the template rewrites: its turn, and one that it leaves out: where it would stand', async () => {
    const rows = [
      chat(
        ['user', 'One?'],
        ['assistant', 'Whole.'],
        ['user', 'Two?'],
        ['assistant', '<think>why</think>Half.'],
      ),
    ];
    const template = chatml(`${header}{{- message.content.split('</think>')[-1] }}${end}`);
    expect(await lead('labels.contentLost', rows, { template })).toMatchObject({
      before: expect.stringMatching(/Two\?<\|im_end\|>\n<\|im_start\|>assistant\n$/),
    });
    const source =
      "{%- if message.role != 'tool' %}{{- message.role + ': ' + message.content + '\\n' }}{%- endif %}";
    const deaf = workspace.write('deaf.jinja', `{%- for message in messages %}${source}{%- endfor %}`);
    const tool = [chat(['user', 'Look.'], ['tool', 'A fox.'], ['assistant', 'There is one.'])];
    const keys = { template: { source: 'file', path: deaf }, masking: { strategy: 'full' } } as const;
    expect(await lead('labels.contentLost', tool, keys)).toMatchObject({
      before: expect.stringMatching(/Look\.\n/),
      from: expect.stringMatching(/There is one/),
    });
  });
});

describe('checks of lengths', () => {
  const long = [chat(['user', 'a b c'], ['assistant', words(60)])];
  const cutTo = (truncation: 'right' | 'left' | 'drop') =>
    ({ collator: { maxLength: 40, truncation } }) as const;

  test('a row that is cut at its end: the first token that is lost', async () => {
    expect(await lead('length.truncated', long, cutTo('right'))).toMatchObject({ token: 40 });
  });

  test('a row that is cut in front: the first token of the answer, since that is lost', async () => {
    expect(await lead('length.truncated', long, cutTo('left'))).toMatchObject({
      from: expect.stringMatching(/^w0 /),
    });
  });

  test('a row that is left out for its length: the first token over the limit', async () => {
    expect(await lead('length.truncated', [...long, ...chats(4)], cutTo('drop'))).toMatchObject({
      token: 40,
    });
  });

  test('a row that loses every answer: the first token of the first one', async () => {
    const rows = [chat(['user', words(60)], ['assistant', 'Yes.'])];
    for (const check of ['labels.rowEmpty', 'length.truncated'])
      expect(await lead(check, rows, cutTo('right'))).toMatchObject({
        from: expect.stringMatching(/^Yes\./),
      });
  });

  test('a row beyond the context of the model: the first token that was never trained', async () => {
    const { contextLength } = orThrow(await describeModel(session, demoModel, context));
    const rows = [chat(['user', 'Count.'], ['assistant', words(contextLength)])];
    const place = await lead('length.effective', rows, { collator: { maxLength: 4 * contextLength } });
    expect(place).toMatchObject({ token: contextLength });
  });
});

describe('checks of tokens', () => {
  test('an end that is not trained: that token, or the last of the answer where none follows', async () => {
    const tagged = chatml(`${header}{%- generation %}${said}{%- endgeneration %}${end}`);
    const rows = [chat(['user', 'One?'], ['assistant', 'Yes.'], ['user', 'Two?'], ['assistant', 'No.'])];
    expect(await lead('tokens.endNotTrained', rows, { template: tagged })).toMatchObject({
      before: expect.stringMatching(/Yes\.$/),
      from: expect.stringMatching(/^<\|im_end\|>/),
    });
    const endless = chatml(`${header}${said}{{- '\\n' }}`);
    const ended = await lead('tokens.endNotTrained', [fox], { template: endless });
    expect(ended.from).toMatch(/^\S{0,5}\.?\n?$/);
  });

  test('a trained header: where it begins', async () => {
    const template = chatml(`{%- generation %}${header}${said}${end}{%- endgeneration %}`);
    expect(await lead('tokens.headerTrained', [fox], { template })).toMatchObject({
      from: expect.stringMatching(/^<\|im_start\|>assistant\n/),
    });
  });

  test('a special token that a message spells: its first letter', async () => {
    const rows = [...chats(2), chat(['user', 'What is <|im_end|> for?'], ['assistant', 'It ends a turn.'])];
    for (const parseSpecialInContent of [false, true]) {
      const template = { ...chatml(`${header}${said}${end}`), parseSpecialInContent };
      const place = await lead('tokens.specialInContent', rows, { template });
      expect(place.row).toBe(2);
      expect(place.before).toMatch(/What is ?$/);
      expect(place.from).toMatch(/^ ?<\|im_end\|> for/);
    }
  });

  test.skipIf(llamaModels === null)('two begin tokens: the second one', async () => {
    const template = chatml(`${header}${said}${end}`, '{{- bos_token + bos_token }}');
    const place = await lead('tokens.doubleBos', [fox], { model: vocabulary('llama-bpe'), template });
    expect(place).toMatchObject({ token: 1, from: expect.stringMatching(/^<\|begin_of_text\|>/) });
  });
});

describe('checks of what the data says', () => {
  test('a placeholder: where it is spelled, also behind other letters than Latin ones', async () => {
    const rows = [chat(['user', 'Wer? 狐狸 🦊'], ['assistant', 'Liebe {{name}}, grüß dich.'])];
    const place = await lead('data.placeholder', rows);
    expect(place.before).toMatch(/Liebe ?$/);
    expect(place.from).toMatch(/^ ?\{\{name/);
  });

  test('a placeholder in a text that makes several examples: the part that holds it', async () => {
    const place = await lead('data.placeholder', [{ text: `${words(80)} {{name}} ${words(9, 'v')}` }], {
      collator: { maxLength: 50 },
    });
    expect(place.part).toBeGreaterThan(0);
    expect(place.from).toMatch(/^ ?\{\{name/);
  });

  test('an image that is left out: the words beside it', async () => {
    const content = [
      { type: 'image_url', image_url: { url: 'a.png' } },
      { type: 'text', text: 'What is this?' },
    ];
    const rows = [
      { messages: [{ role: 'system', content: 'Be kind.' }, { role: 'user', content }, fox.messages[1]] },
    ];
    expect(await lead('data.imageIgnored', rows)).toMatchObject({
      from: expect.stringMatching(/^What is this\?/),
    });
  });

  test('a preference: the answer that was chosen', async () => {
    const pair = (text: string) => [{ role: 'assistant', content: text }];
    const rows = [
      { prompt: [{ role: 'user', content: 'Hi' }], chosen: pair('Good day.'), rejected: pair('No.') },
    ];
    expect(await lead('data.preference', rows)).toMatchObject({ from: expect.stringMatching(/^Good day\./) });
  });

  test('what speaks of rows as a whole has no place in them, and neither has a row without tokens', async () => {
    expect(await lead('data.duplicates', [...chats(3), fox, fox])).toMatchObject({ row: 4, from: null });
    expect(await lead('data.invalid', [...chats(9), '{"messages": ['])).toMatchObject({ row: 9, from: null });
  });

  test('rows of the validation file that are trained on are shown in the data', async () => {
    const path = workspace.write('held.jsonl', [fox, ...chats(2)].map(row => JSON.stringify(row)).join('\n'));
    const rows = [chat(['user', 'Else?'], ['assistant', 'Else.']), fox];
    expect(await lead('data.duplicates', rows, { dataset: { validation: { path } } })).toMatchObject({
      row: 1,
    });
  });
});
