// The losses of a finished run's rows: against its own evaluation, kept, and refused where they would be of something else.
import { appendFileSync, copyFileSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { measureLosses, showLosses } from '../src-main/backend/losses/measure-losses.ts';
import type { LossReport, RowLoss } from '../src-shared/domain/row-losses.ts';
import type { RunDetails } from '../src-shared/domain/run.ts';
import { openParts } from './backend.ts';
import { conversation, createWorkspace, demoDirectory, demoModel, runLuthier } from './luthier-process.ts';

const workspace = createWorkspace('worst');
afterAll(workspace.remove);

type Worst = RowLoss & { readonly inputIds: number[]; readonly tokenLosses: (number | null)[] };
type Report = Omit<LossReport, 'worst'> & { readonly worst: Worst[] };

const rows = readFileSync(join(demoDirectory, 'train.jsonl'), 'utf8').trimEnd().split('\n').slice(0, 60);
/** Unlike every other row, and seen too seldom to be learnt. */
const ODD_ROW = 37;
rows[ODD_ROW] = conversation(['user', 'Where is the fox?'], ['assistant', 'XQ9 ~~ #kv {7} ZZ!']).trimEnd();
const data = workspace.write('rows.jsonl', `${rows.join('\n')}\n`);
const recipe = workspace.write(
  'worst.luthier.yaml',
  `version: 1
name: worst
model: {path: ${JSON.stringify(demoModel)}}
dataset: {path: ${JSON.stringify(data)}, validation: {path: ${JSON.stringify(join(demoDirectory, 'heldout.jsonl'))}}}
collator: {strategy: pack, maxLength: 256}
adapter: {rank: 4, alpha: 8, dropout: 0.1, rsLora: true}
training: {epochs: 2, batchSize: 4, gradientAccumulationSteps: 1, learningRate: 0.002, neftuneAlpha: 5}
`,
);
const luthier = (...args: string[]) => runLuthier(...args, '--json', '--home', workspace.home);
let id = '';

async function worst(...args: string[]): Promise<Report> {
  const { code, json, stderr } = await luthier('runs', 'worst', id, ...args);
  expect(code, stderr).toBe(0);
  return json[0] as Report;
}

beforeAll(async () => {
  const trained = await luthier('train', recipe);
  expect(trained.code, trained.stderr).toBe(0);
  id = String((trained.json[0] as { id: string }).id);
}, 120_000);

describe('the worst rows', () => {
  it('of the validation have the mean that the run measured at its end', async () => {
    const report = await worst('--validation', '--top', '1000');
    const run = (await luthier('runs', 'show', id)).json[0] as RunDetails;
    const evaluation = run.evaluations.at(-1)?.loss ?? Number.NaN;
    expect(report.rows).toBe(report.totalRows);
    expect(report.worst.length).toBe(report.rows);
    expect(Math.abs(report.meanLoss - evaluation)).toBeLessThan(1e-4);
  });

  it('of the training begin with the row that is unlike the others, and say the loss of each token', async () => {
    const { worst: found, bins, rows: measured } = await worst('--top', '60');
    expect(found[0]).toMatchObject({ row: ODD_ROW, line: ODD_ROW + 1, part: 0 });
    expect(found[0]?.excerpt).toContain('XQ9');
    expect(bins.reduce((sum, bin) => sum + bin.rows, 0)).toBe(measured);
    expect(found.map(({ loss }) => loss)).toEqual(found.map(({ loss }) => loss).toSorted((a, b) => b - a));
    const labels = (await luthier('labels', recipe)).json as {
      row: number;
      inputIds: number[];
      labels: number[];
    }[];
    for (const { row, inputIds, tokenLosses, trainedTokens, loss } of found) {
      const labelled = labels.find(example => example.row === row);
      expect(inputIds).toEqual(labelled?.inputIds);
      // a loss at every trained token but the first, and nowhere else
      expect(tokenLosses.map(one => one !== null)).toEqual(
        labelled?.labels.map((label, i) => i > 0 && label !== -100),
      );
      const own = tokenLosses.filter(one => one !== null);
      expect(own.length).toBe(trainedTokens);
      expect(own.reduce((sum, one) => sum + one, 0) / trainedTokens).toBeCloseTo(loss, 6);
    }
  });

  it('are kept: asked for again they are the same, without a process', async () => {
    const before = await worst();
    expect(await worst()).toEqual(before);
    const launched: string[] = [];
    const parts = openParts(workspace.home, entry => launched.push(entry));
    const shown = await showLosses(parts, { id, split: 'training', top: 1 });
    expect(shown).toMatchObject({ ok: true, value: { measuredAt: before.measuredAt } });
    expect(launched).toEqual([]);
    parts.store.close();
    const again = await worst('--again');
    expect(again.measuredAt).not.toBe(before.measuredAt);
    expect({ ...again, measuredAt: '' }).toEqual({ ...before, measuredAt: '' });
  });

  it('of a sample say so, and each row has the loss that it has among all', async () => {
    const all = await worst('--again', '--top', '100');
    const sample = await worst('--rows', '7', '--top', '100');
    expect(sample).toMatchObject({ rows: 7, totalRows: all.totalRows });
    expect(sample.worst.length).toBe(7);
    for (const { row, loss } of sample.worst)
      expect(all.worst.find(other => other.row === row)?.loss).toBeCloseTo(loss, 4);
    await worst('--again');
  });

  it('are stopped between micro-batches, and what was kept before stays', async () => {
    const before = await worst();
    const parts = openParts(workspace.home);
    const stop = new AbortController();
    const stopped = await measureLosses(
      parts,
      { id, split: 'training', top: 1, maxRows: 1000 },
      { signal: stop.signal, onProgress: ({ phase }) => phase === 'measuring losses' && stop.abort() },
    );
    expect(stopped).toMatchObject({ ok: false, error: { code: 'job.cancelled' } });
    expect(parts.lease.take('the next').ok).toBe(true);
    parts.store.close();
    expect(await worst()).toEqual(before);
  });

  it('are refused where a file has changed since, and where the adapter is gone', async () => {
    const folder = join(workspace.home, 'runs', id);
    expect(
      readdirSync(folder)
        .filter(name => name.startsWith('losses'))
        .sort(),
    ).toEqual(['losses-training.luthloss', 'losses-validation.luthloss']);
    copyFileSync(data, `${data}.kept`);
    appendFileSync(data, conversation(['user', 'Hello?'], ['assistant', 'Yes?']));
    const changed = await luthier('runs', 'worst', id, '--again');
    expect(changed.json[0]).toMatchObject({ error: { code: 'losses.inputsDiffer' } });
    expect((changed.json[0] as { error: { cause: string } }).error.cause).toContain('the data');
    // what was measured before is still true of the run
    expect((await worst()).worst[0]?.row).toBe(ODD_ROW);
    renameSync(`${data}.kept`, data);
    const adapter = join(folder, 'adapter.gguf');
    renameSync(adapter, `${adapter}.away`);
    const missing = await luthier('runs', 'worst', id);
    expect(missing.json[0]).toMatchObject({ error: { code: 'losses.adapterMissing' } });
    // another adapter: the losses kept are not its own
    copyFileSync(`${adapter}.away`, adapter);
    appendFileSync(adapter, 'x');
    const parts = openParts(workspace.home);
    expect(await showLosses(parts, { id, split: 'training', top: 1 })).toEqual({ ok: true, value: null });
    parts.store.close();
    renameSync(`${adapter}.away`, adapter);
    expect((await worst()).worst[0]?.row).toBe(ODD_ROW);
  });
});
