import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { PreflightReport } from '../src-shared/domain/preflight.ts';
import { conversation, createWorkspace, demoModel, runLuthier, sharedData } from './luthier-process.ts';

const workspace = createWorkspace('duplicates');
afterAll(workspace.remove);

const row = (question: string, answer: string) => conversation(['user', question], ['assistant', answer]);
const fillers = (count: number) =>
  Array.from({ length: count }, (_, i) => row(`What is ${i}?`, `It is ${i}.`));

function recipeFor(name: string, rows: readonly string[], dataset: string, seed = 42): string {
  const data = workspace.write(`${name}.jsonl`, rows.join(''));
  return workspace.write(
    `${name}.luthier.yaml`,
    `version: 1\nname: ${name}\nmodel: {path: ${JSON.stringify(demoModel)}}\n` +
      `dataset: {path: ${JSON.stringify(data)}, ${dataset}}\ntraining: {epochs: 1, batchSize: 1, seed: ${seed}}\n`,
  );
}

async function preflight(recipe: string): Promise<PreflightReport> {
  const { json } = await runLuthier('preflight', recipe, '--json', '--home', workspace.home);
  return json[0] as PreflightReport;
}

const checkOf = (report: PreflightReport) => report.checks.find(check => check.id === 'data.duplicates');

describe('rows that repeat an earlier one', () => {
  it('are a warning, and the fix that is offered leaves out as many rows as its label says', async () => {
    const [first, second, ...rest] = fillers(8) as [string, string, ...string[]];
    const spaced = row(' What is  0?\n', 'It is\n0.');
    const recipe = recipeFor('kept', [first, second, spaced, first, ...rest], 'validation: none');
    const kept = await preflight(recipe);
    expect(kept.totals).toMatchObject({ examples: 10, kept: 10, dropped: {} });
    expect(checkOf(kept)).toMatchObject({ severity: 'warning', count: 2, rows: [2, 3] });

    const [fix] = checkOf(kept)?.fixes ?? [];
    expect(fix?.label).toBe('Leave out 2 repeated rows');
    expect(fix?.set).toEqual({ 'dataset.duplicates': 'drop' });
    const mended = recipeFor(
      'mended',
      [first, second, spaced, first, ...rest],
      'validation: none, duplicates: drop',
    );
    const dropped = await preflight(mended);
    expect(dropped.totals).toMatchObject({ examples: 10, kept: 8, dropped: { duplicate: 2 } });
    expect(checkOf(dropped)).toMatchObject({ severity: 'info', count: 2, rows: [2, 3], fixes: [] });
    const { json } = await runLuthier('labels', mended, '--json', '--home', workspace.home);
    expect((json as { dropped: string | null }[]).map(one => one.dropped).slice(0, 5)).toEqual([
      null,
      null,
      'duplicate',
      'duplicate',
      null,
    ]);
  });
});

describe('the validation split', () => {
  it('has all or none of the rows that say the same', async () => {
    const repeated = row('What is 2+2?', '4');
    const spaced = row('What is  2+2?', '4');
    const rows = [repeated, spaced, repeated, repeated, ...fillers(16), spaced];
    for (const seed of [1, 2, 3, 4]) {
      const recipe = recipeFor('split', rows, 'validation: {fraction: 0.4}', seed);
      const batches = await runLuthier('batches', recipe, '--json', '--home', workspace.home);
      const trained = (batches.json as { inputIds: number[][] }[]).flatMap(({ inputIds }) =>
        inputIds.map(ids => ids.join()),
      );
      const labels = await runLuthier('labels', recipe, '--json', '--home', workspace.home);
      const all = (labels.json as { inputIds: number[] }[]).map(({ inputIds }) => inputIds.join());
      expect(all[1]).not.toBe(all[0]);
      expect(new Set([0, 1, 2, 3, 20].map(i => trained.includes(all[i] ?? ''))).size).toBe(1);
      expect(trained.length).toBeLessThan(rows.length);
    }
  });
});

describe('a validation file', () => {
  it('is not evaluated where its rows are trained on, and preflight says so', async () => {
    const rows = fillers(6);
    const held = workspace.write(
      'held.jsonl',
      [rows[1], row(' What is 2?', 'It is  2.'), row('What is 77?', 'It is 77.')].join(''),
    );
    const recipe = recipeFor('file', rows, `validation: {path: ${JSON.stringify(held)}}`);
    const report = await preflight(recipe);
    expect(report.totals).toMatchObject({ examples: 6, kept: 6 });
    expect(checkOf(report)).toMatchObject({
      severity: 'warning',
      title: '2 of 3 validation rows are in the training data too.',
      count: 2,
      // Of the data: those of the other file cannot be gone to.
      rows: [1, 2],
    });
  });
});

describe.skipIf(!existsSync(sharedData))('rows of real files', () => {
  // counted over the parsed rows by Python: unicodedata.normalize('NFC', …) and ' '.join(….split()) in every text
  it.each([
    ['mlx_wwdc25_train.jsonl', 437],
    ['lf_glaive_toolcall_en_demo.json', 35],
    ['tiny-chat-200.jsonl', 17],
    ['banking77_test_crlf.csv', 1],
  ])('%s repeats %i of them', async (file, repeated) => {
    const { json } = await runLuthier('dataset', join(sharedData, 'datasets', file), '--json');
    const { warnings } = json[0] as { warnings: { code: string; count: number }[] };
    expect(warnings.find(({ code }) => code === 'data.duplicates')?.count).toBe(repeated);
  });
});
