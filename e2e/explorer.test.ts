/** What the studio shows of a row must be what the trainer gets, for any row, page and strategy. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BackendFace } from '../src-main/backend/backend-face.ts';
import { createBackend } from '../src-main/hosts/create-backend.ts';
import { locateFiles } from '../src-main/hosts/locate-files.ts';
import type { ProcedureInput, ProcedureName, ProcedureOutput } from '../src-shared/contract/procedures.ts';
import { PROCEDURES } from '../src-shared/contract/procedures.ts';
import {
  conversation,
  createWorkspace,
  demoDirectory,
  demoModel,
  root,
  runLuthier,
} from './luthier-process.ts';

const workspace = createWorkspace('explorer');
let backend: BackendFace;
beforeAll(async () => {
  const files = locateFiles(join(root, 'out', 'main'));
  backend = await createBackend({ host: 'web', home: workspace.home, ...files });
});
afterAll(async () => {
  await backend.close();
  workspace.remove();
});

async function ask<N extends ProcedureName>(name: N, input: ProcedureInput<N>): Promise<ProcedureOutput<N>> {
  const result = await backend.call(name, input, new AbortController().signal);
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.cause}`);
  return PROCEDURES[name].output.parse(result.value) as ProcedureOutput<N>;
}

const demoData = join(demoDirectory, 'train.jsonl');
const draft = (more: Record<string, unknown> = {}, path: string = demoData) => ({
  version: 1,
  model: { path: demoModel },
  dataset: { path, validation: 'none' },
  ...more,
});

interface LabelsLine {
  readonly row: number;
  readonly inputIds: number[];
  readonly labels: number[];
  readonly truncatedTokens: number;
}

/** The tokens that the inspector calls trained or masked, as ids and labels. */
async function seen(recipe: Record<string, unknown>, row: number) {
  const example = await ask('labels.example', { recipe, row, part: 0, from: 0, count: 4000 });
  const inputIds: number[] = [];
  const labels: number[] = [];
  for (const { from, to, state } of example.runs) {
    if (state === 'cut') continue;
    for (const id of example.page.ids.slice(from, to)) {
      inputIds.push(id);
      labels.push(state === 'trained' ? id : -100);
    }
  }
  return { example, inputIds, labels };
}

test.each([
  ['assistant', { masking: { strategy: 'assistant' } }],
  ['the last answer, without its end', { masking: { strategy: 'last-assistant', trainOnEndOfTurn: false } }],
  ['cut at the right', { collator: { maxLength: 50 } }],
  ['cut at the left', { collator: { maxLength: 30, truncation: 'left' } }],
  ['prompts cut first', { collator: { maxLength: 40, truncation: 'prompt-first' } }],
  ['everything', { masking: { strategy: 'full' } }],
  ['completion', { masking: { strategy: 'completion' } }],
])('shows the very tokens and labels that are trained: %s', async (_, more) => {
  const recipe = draft(more);
  const file = workspace.write('seen.luthier.yaml', JSON.stringify(recipe));
  const { json } = await runLuthier('labels', file, '--limit', '12', '--json', '--home', workspace.home);
  expect(json).toHaveLength(12);
  for (const line of json as LabelsLine[]) {
    const { example, inputIds, labels } = await seen(recipe, line.row);
    expect(inputIds).toEqual(line.inputIds);
    // A label at index 0 has nothing before it: the trainer never uses it, and it is shown as masked.
    expect(labels.slice(1)).toEqual(line.labels.slice(1));
    expect(example.tokens - example.keptTokens).toBe(line.truncatedTokens);
  }
});

test('says why each part is as it is', async () => {
  const data = workspace.write(
    'reasons.jsonl',
    conversation(['user', 'Where?'], ['assistant', 'Here.'], ['user', 'And now?'], ['assistant', 'There.']),
  );
  const { runs, page } = await ask('labels.example', {
    recipe: draft({ masking: { strategy: 'last-assistant' } }, data),
    row: 0,
    part: 0,
    from: 0,
    count: 100,
  });
  const told = runs.map(({ from, to, reason, role, message }) => ({
    text: page.pieces.slice(from, to).join(''),
    reason,
    speaker: `${role} ${message}`,
  }));
  const of = (text: string) => told.find(run => run.text.includes(text));
  expect(of('Where?')).toMatchObject({ reason: 'otherRole', speaker: 'user 0' });
  expect(of('Here.')).toMatchObject({ reason: 'earlierAnswer', speaker: 'assistant 1' });
  expect(of('And now?')).toMatchObject({ reason: 'otherRole', speaker: 'user 2' });
  expect(of('There.')).toMatchObject({ reason: 'answer', speaker: 'assistant 3' });
  expect(told.some(({ reason }) => reason === 'templateText')).toBe(true);
});

test('pages through rows, good and bad, and finds the next one that is cut', async () => {
  const rows = Array.from({ length: 1000 }, (_, i) =>
    i === 700
      ? '{"messages": [\n'
      : conversation(['user', `Question ${i}`], ['assistant', i === 555 ? 'long '.repeat(60) : 'short']),
  );
  const data = workspace.write('many.jsonl', rows.join(''));
  const recipe = draft({ collator: { maxLength: 64 } }, data);
  const page = await ask('data.rows', { dataset: recipe.dataset, from: 698, count: 4 });
  expect(page.total).toBe(1000);
  expect(page.rows.map(({ row, line, problem }) => [row, line, problem?.code ?? null])).toEqual([
    [698, 699, null],
    [699, 700, null],
    [700, 701, 'row.notJson'],
    [701, 702, null],
  ]);
  const search = { recipe, row: 0, backwards: false, search: { kind: 'cut' } as const };
  expect((await ask('labels.find', { ...search, preparedId: null })).row).toBe(555);
  const { preparedId, report } = await ask('draft.prepare', { recipe, workId: 'test' });
  expect(report.totals.truncatedExamples).toBe(1);
  expect((await ask('labels.find', { ...search, preparedId })).row).toBe(555);
  expect((await ask('labels.find', { ...search, preparedId, row: 555 })).row).toBeNull();
  const text = { kind: 'text', text: 'question 42' } as const;
  expect((await ask('labels.find', { ...search, preparedId, search: text })).row).toBe(42);
  const first = { kind: 'text', text: 'question 0' } as const;
  expect((await ask('labels.find', { ...search, preparedId, row: -1, search: first })).row).toBe(0);
  const backwards = { ...search, preparedId, row: 900, backwards: true };
  expect((await ask('labels.find', backwards)).row).toBe(555);

  const map = await ask('labels.map', { preparedId, bars: 100 });
  expect(map.bars).toHaveLength(100);
  const sum = (key: 'trained' | 'examples') => map.bars.reduce((total, bar) => total + bar[key], 0);
  expect(sum('examples')).toBe(1000);
  expect(sum('trained')).toBe(report.totals.trainableTokens);
});

test('shows batches whose examples and padding fill their rectangle', async () => {
  const recipe = draft({ training: { batchSize: 4, gradientAccumulationSteps: 2 } });
  const { preparedId, report } = await ask('draft.prepare', { recipe, workId: 'test' });
  const { batches, steps } = await ask('batches.page', { recipe, preparedId, fromStep: 3, count: 6 });
  expect(steps).toBe(report.totals.steps);
  expect(batches.map(({ step }) => step)).toEqual([3, 3, 4, 4, 5, 5]);
  for (const { rows, length, dataRows } of batches) {
    expect(rows).toHaveLength(4);
    expect(dataRows).toHaveLength(4);
    const longest = Math.max(...rows.map(row => row.reduce((sum, { tokens }) => sum + tokens, 0)));
    expect(longest).toBe(length);
  }
});

test('renders an edited template, and names the line of its fault', async () => {
  const recipe = draft();
  const source = '{% for message in messages %}[{{ message.role }}] {{ message.content }}\n{% endfor %}';
  const { text } = await ask('template.render', { recipe, source, row: 0 });
  expect(text).toMatch(/^\[\w+\] /);
  const broken = await backend.call(
    'template.render',
    { recipe, source: 'line one\n{% for x in %}', row: 0 },
    new AbortController().signal,
  );
  expect(broken).toMatchObject({ ok: false, error: { code: 'template.syntax', details: { line: 2 } } });
});

test('a template that fills the memory ends its question, not the ones behind it', async () => {
  const bomb = backend.call(
    'template.render',
    { recipe: draft(), source: '{% for i in range(1000000000) %}x{% endfor %}', row: 0 },
    new AbortController().signal,
  );
  const behind = ask('models.describe', { path: demoModel });
  expect(await bomb).toMatchObject({ ok: false, error: { code: 'process.tooMuchMemory' } });
  expect(await behind).toMatchObject({ architecture: expect.any(String), untrainableReason: null });
});

test('proposes markers with which the same answers are trained', async () => {
  const markers = await ask('labels.markers', { recipe: draft() });
  expect(markers.response).toMatch(/assistant/);
  const marked = await seen(draft({ masking: { strategy: 'markers', markers } }), 0);
  const own = await seen(draft(), 0);
  const answer = (labels: readonly number[]) => labels.filter(label => label !== -100);
  expect(answer(marked.labels).slice(0, 5)).toEqual(answer(own.labels).slice(0, 5));
  expect(marked.example.method).toBe('markers');
});
