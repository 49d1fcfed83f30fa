import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import type { Inspection } from '../src-main/pipeline/job-results.ts';
import { inspectDataset } from '../src-main/processes/preparer/inspect-dataset.ts';
import { dataPaths, detectRecipeFormat, readRows } from '../src-main/processes/preparer/read-rows.ts';
import { fail, type Outcome, orThrow, toCodedError } from '../src-shared/contract/coded-error.ts';
import type { Row } from '../src-shared/domain/conversation.ts';
import { type Recipe, recipeSchema } from '../src-shared/recipe/schema.ts';
import { quietContext } from './job-context.ts';
import { createWorkspace, runLuthier, sharedData } from './luthier-process.ts';

const workspace = createWorkspace('import');
afterAll(workspace.remove);

interface Inspected {
  readonly format: string;
  readonly rows: number;
  readonly conversations: number;
  readonly columns: readonly string[];
  readonly roles: Readonly<Record<string, number>>;
  readonly problems: readonly { row: number; line: number; code: string; message: string }[];
  readonly problemCount: number;
  readonly warnings: readonly { code: string; count: number; message: string }[];
  readonly mapping: unknown;
  readonly sample: readonly unknown[];
}

async function inspect(path: string): Promise<Inspected> {
  const { code, json, stderr } = await runLuthier('dataset', path, '--json', '--home', workspace.home);
  expect(code, stderr).toBe(0);
  return json[0] as Inspected;
}

async function refusal(
  path: string,
): Promise<{ code: string; title: string; cause: string; remedy: string }> {
  const { code, json } = await runLuthier('dataset', path, '--json', '--home', workspace.home);
  expect(code).not.toBe(0);
  return (json[0] as { error: { code: string; title: string; cause: string; remedy: string } }).error;
}

/** The same in this process. */
async function inspectHere(path: string): Promise<Outcome<Inspection>> {
  try {
    return await inspectDataset({ kind: 'inspect', paths: [path] }, quietContext);
  } catch (thrown) {
    return fail(toCodedError(thrown));
  }
}

const codesOf = (list: readonly { code: string }[]) => list.map(({ code }) => code);

describe('luthier dataset', () => {
  it('says what a file holds, what it guessed and why, and lists every bad row with its line', async () => {
    const path = workspace.write(
      'chat.jsonl',
      [
        '{"conversations":[{"from":"human","value":"hi"},{"from":"gpt","value":"yo"}]}',
        '',
        '{"conversations":[{"from":"narrator","value":"hi"}]}',
        '{"conversations":',
      ].join('\n'),
    );
    expect(await inspect(path)).toMatchObject({
      format: 'sharegpt',
      rows: 3,
      conversations: 1,
      columns: ['conversations'],
      roles: { human: 1, gpt: 1, narrator: 1 },
      problemCount: 2,
      problems: [
        {
          row: 1,
          line: 3,
          code: 'row.message',
          message: 'Message 1 has the role `narrator`, which is not mapped.',
        },
        { row: 2, line: 4, code: 'row.notJson' },
      ],
      mapping: {
        format: { name: 'sharegpt', reason: 'most rows have a list of messages in `conversations`' },
        columns: { messages: { column: 'conversations', reason: 'known name' } },
        roles: { human: { role: 'user' }, gpt: { role: 'assistant' }, narrator: { role: null } },
      },
    });
  });

  it('reads a gzipped file by its content', async () => {
    const path = join(workspace.directory, 'packed.jsonl');
    writeFileSync(path, gzipSync('prompt,completion\na,b\n'));
    expect(await inspect(path)).toMatchObject({ format: 'prompt-completion', rows: 1, conversations: 1 });
  });

  it('shows the mapping and the warnings without --json too', async () => {
    const path = workspace.write('one.csv', ',question,answer\n0,Is it {{name}}?,Yes\n');
    const { stdout } = await runLuthier('dataset', path, '--home', workspace.home);
    expect(stdout).toContain('prompt is `question` (known name)');
    expect(stdout).toContain('The first column has no name');
    expect(stdout).toContain('placeholders');
  });

  it('refuses chats that a template has rendered already', async () => {
    const path = workspace.write(
      'rendered.jsonl',
      `${JSON.stringify({ text: '<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\nyo<|im_end|>' })}\n`,
    );
    expect(await refusal(path)).toMatchObject({
      code: 'data.notADataset',
      title: 'The data is rendered already.',
    });
  });

  it('names a file that is not there', async () => {
    expect(await refusal(join(workspace.directory, 'none.jsonl'))).toMatchObject({ code: 'data.notFound' });
  });
});

describe('the rows of a recipe', () => {
  const chat = workspace.write('a.jsonl', '{"messages":[{"role":"gpt","content":"a"}]}\n\nbroken\n');
  const table = workspace.write('b.csv', 'Frage,answer\nq,"x\ny"\nr,z\n');
  const ids = workspace.write('c.jsonl', '{"input_ids":[1],"labels":[1]}\n');
  const recipeOf = (dataset: object) =>
    recipeSchema.parse({ version: 1, model: { path: 'm.gguf' }, dataset });
  const rowsOf = async (recipe: Recipe, limit: number | null = null) => {
    const rows: Row[] = [];
    const format = await detectRecipeFormat(recipe);
    for await (const row of readRows(dataPaths(recipe), format, recipe, limit)) rows.push(row);
    return rows;
  };
  const places = (rows: readonly Row[]) => rows.map(({ row, line, kind }) => [row, line, kind]);

  it('count on over several files, lines anew in each', async () => {
    const rows = await rowsOf(recipeOf({ path: [chat, ids, chat] }));
    expect(places(rows)).toEqual([
      [0, 1, 'conversation'],
      [1, 3, 'invalid'],
      [2, 1, 'tokenized'],
      [3, 1, 'conversation'],
      [4, 3, 'invalid'],
    ]);
  });

  it('stop at the limit, counted over all files', async () => {
    expect(places(await rowsOf(recipeOf({ path: [chat, ids] }), 1))).toEqual([[0, 1, 'conversation']]);
  });

  it("follow the recipe's columns, roles and system prompt", async () => {
    const [asked] = await rowsOf(recipeOf({ path: table, columns: { prompt: 'Frage' }, systemPrompt: 's' }));
    expect(asked).toMatchObject({
      line: 2,
      conversation: {
        messages: [
          { role: 'system', content: 's' },
          { role: 'user', content: 'q' },
          { role: 'assistant', content: 'x\ny' },
        ],
      },
    });
    const [mapped] = await rowsOf(recipeOf({ path: chat, roles: { gpt: 'user' } }));
    expect(mapped).toMatchObject({ conversation: { messages: [{ role: 'user', content: 'a' }] } });
  });

  it('are texts to the letter where the recipe says so', async () => {
    const columns = { prompt: 'Frage' };
    const rows = await rowsOf(recipeOf({ path: table, format: 'prompt-completion', columns }));
    expect(rows[1]).toMatchObject({ row: 1, line: 4, kind: 'pair', prompt: 'r', completion: 'z' });
  });

  it('are refused where the recipe names a column that is not there, with the file among several', async () => {
    const recipe = recipeOf({ path: [chat, table], columns: { messages: 'messages' } });
    await expect(rowsOf(recipe)).rejects.toMatchObject({
      coded: { code: 'data.noColumn', cause: expect.stringContaining('b.csv: dataset.columns.messages') },
    });
  });
});

interface Verdict {
  readonly format: string;
  readonly rows: number;
  readonly usable?: number;
  readonly problems?: readonly string[];
  readonly warnings?: readonly string[];
}

/** File → what a careful reader of it would say; a string is the code of a refusal. */
const REAL: Readonly<Record<string, Verdict | string>> = {
  'axolotl_alpaca.json': { format: 'alpaca', rows: 2 },
  'banking77_test_crlf.csv': {
    format: 'text',
    rows: 3080,
    warnings: ['data.duplicates', 'data.unusedColumns'],
  },
  'fastchat_dummy_conversation.json': { format: 'sharegpt', rows: 500 },
  'fastchat_mt_bench_question.jsonl': 'data.notADataset',
  'gsm8k_test.jsonl': { format: 'alpaca', rows: 1319 },
  // "Here it is: [QR_CODE_IMAGE_DATA]."
  'lf_glaive_toolcall_en_demo.json': {
    format: 'sharegpt',
    rows: 300,
    warnings: ['data.placeholder', 'data.duplicates'],
  },
  'lf_identity.json': { format: 'alpaca', rows: 91, warnings: ['data.placeholder'] },
  'make_million.py': 'data.notADataset',
  'mlx_lora_test.jsonl': { format: 'text', rows: 100 },
  'mlx_lora_valid.jsonl': { format: 'text', rows: 100 },
  'mlx_wwdc25_train.jsonl': { format: 'prompt-completion', rows: 1800, warnings: ['data.duplicates'] },
  'mlx_wwdc25_valid.jsonl': { format: 'prompt-completion', rows: 144, warnings: ['data.duplicates'] },
  'soup_alpaca_tiny.jsonl': { format: 'alpaca', rows: 10 },
  'stories_chat_300.jsonl': { format: 'messages', rows: 300 },
  'swift_alpaca.csv': { format: 'alpaca', rows: 3 },
  'swift_chatml.jsonl': { format: 'messages', rows: 3 },
  'swift_conversations.jsonl': { format: 'sharegpt', rows: 3 },
  'tiny-chat-200.jsonl': { format: 'messages', rows: 200, warnings: ['data.duplicates'] },
  'torchtune_chat_tiny.json': { format: 'sharegpt', rows: 1 },
  'toy_chat_fine_tuning.jsonl': { format: 'messages', rows: 5 },
};

const HOSTILE: Readonly<Record<string, Verdict | string>> = {
  'blank_header.csv': {
    format: 'prompt-completion',
    rows: 1,
    warnings: ['data.unnamedColumn', 'data.noPrompt'],
  },
  'content_parts.jsonl': { format: 'messages', rows: 1, warnings: ['data.imageIgnored'] },
  'empty_cells.csv': {
    format: 'prompt-completion',
    rows: 4,
    usable: 0,
    problems: [
      '2: The row has no completion: `completion` is empty.',
      '3: The row has no prompt: `prompt` is empty.',
      '4: The row has no completion: `completion` is empty.',
      '5: The row has no completion: `completion` is empty.',
    ],
  },
  'json_named_jsonl.jsonl': { format: 'messages', rows: 2 },
  'jsonl_named_json.json': { format: 'messages', rows: 2 },
  'local_file_reference.jsonl': { format: 'messages', rows: 1, warnings: ['data.imageIgnored'] },
  'nan_infinity.jsonl': {
    format: 'messages',
    rows: 3,
    usable: 1,
    problems: [
      "1: `NaN` is not JSON (Python's json.dumps writes it); use null or a number.",
      "2: `-Infinity` is not JSON (Python's json.dumps writes it); use null or a number.",
    ],
  },
  'one_good_of_ten.jsonl': {
    format: 'messages',
    rows: 10,
    usable: 1,
    problems: [1, 2, 3, 4, 5, 6, 7, 8, 9].map(
      line => `${line}: The conversation has no answer: nothing in it can be trained.`,
    ),
    warnings: ['data.noAnswer'],
  },
  'preference_pairs.jsonl': { format: 'alpaca', rows: 2, warnings: ['data.preference'] },
  'python_repr.jsonl': 'data.pythonRepr',
  'scalar.json': 'data.notADataset',
  'train_eval_overlap.jsonl': { format: 'messages', rows: 6, warnings: ['data.duplicates'] },
  'truncated_last_line.jsonl': {
    format: 'messages',
    rows: 3,
    usable: 2,
    problems: ['3: The JSON ends early; was the file cut off?'],
  },
  'utf16be_bom.csv': { format: 'prompt-completion', rows: 1 },
  'whitespace_only.jsonl': 'data.empty',
  'xlsx_renamed.csv': 'data.binary',
};

describe.skipIf(!existsSync(sharedData)).each([
  ['datasets', REAL],
  ['hostile/datasets', HOSTILE],
] as const)('every file of %s gets its verdict:', (folder, verdicts) => {
  it.each(Object.entries(verdicts))('%s', async (name, verdict) => {
    const inspection = await inspectHere(join(sharedData, folder, name));
    if (typeof verdict === 'string') {
      if (inspection.ok) throw new Error('It is not refused.');
      const { error } = inspection;
      expect(error.code).toBe(verdict);
      expect(`${error.title}${error.cause}${error.remedy}`).not.toMatch(/undefined|\[object/);
      return;
    }
    const { format, rows, usable = rows, problems = [], warnings = [] } = verdict;
    const inspected = orThrow(inspection);
    expect(inspected).toMatchObject({ format, rows, conversations: usable, problemCount: rows - usable });
    expect(inspected.problems.map(({ line, message }) => `${line}: ${message}`)).toEqual(problems);
    expect(codesOf(inspected.warnings)).toEqual(warnings);
  });
});
