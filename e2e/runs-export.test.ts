import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorkspace, runLuthier } from './luthier-process.ts';
import { addPastRuns } from './past-runs.ts';

const workspace = createWorkspace('runs-export');
beforeAll(() => addPastRuns(workspace.home, 3));
afterAll(workspace.remove);

/** Without a Python that has TensorBoard, it is not asked; its framing is tested against bytes beside the writer. */
const python = process.env['LUTHIER_PEER_PYTHON'] ?? 'python3';
const hasTensorBoard = spawnSync(python, ['-c', 'import tensorboard']).status === 0;

const exportRuns = (...args: string[]) => runLuthier('runs', 'export', ...args, '--home', workspace.home);
const at = (...names: string[]) => join(workspace.directory, ...names);

/** What every format must say of the history. */
const RUNS = [2, 1, 0].map(i => ({
  id: `past-0000${i}`,
  name: `sweep ${i}`,
  status: i === 0 ? 'failed' : 'completed',
  steps_done: 12,
  trained_tokens: 1200,
  'recipe.adapter.rank': [8, 16, 32][i],
  'recipe.masking.strategy': 'assistant',
}));

describe('luthier runs export', () => {
  it('writes JSON with a row for each run, step, evaluation and sample', async () => {
    const { code, json, stderr } = await exportRuns('--format', 'json', '--output', at('json'), '--json');
    expect(code, stderr).toBe(0);
    const { files } = json[0] as { files: { path: string; rows: number }[] };
    expect(files.map(({ path, rows }) => [path, rows])).toEqual([
      [at('json', 'runs.json'), 3],
      [at('json', 'steps.json'), 36],
      [at('json', 'evaluations.json'), 6],
      [at('json', 'samples.json'), 3],
    ]);
    const read = (name: string) => JSON.parse(readFileSync(at('json', name), 'utf8')) as unknown[];
    expect(read('runs.json')).toMatchObject(RUNS);
    expect(read('steps.json')[0]).toMatchObject({ run_id: 'past-00002', step: 1, learning_rate: 2e-4 });
    expect(read('samples.json').at(-1)).toEqual({
      run_id: 'past-00000',
      step: 12,
      prompt: 'Where is the fox?',
      text: 'In wood 0.',
    });
  });

  it('writes Parquet that says the same, with types', async () => {
    const { code, stderr } = await exportRuns('--format', 'parquet', '--output', at('parquet'));
    expect(code, stderr).toBe(0);
    const read = async (name: string) =>
      parquetReadObjects({ file: await asyncBufferFromFile(at('parquet', name)) });
    expect(await read('runs.parquet')).toMatchObject(
      RUNS.map(run => ({ ...run, steps_done: 12n, trained_tokens: 1200n, parent_id: null })),
    );
    const steps = await read('steps.parquet');
    expect(steps).toHaveLength(36);
    expect(steps[13]).toMatchObject({ run_id: 'past-00001', step: 2n, tokens: 200n, elapsed_ms: 4000 });
  });

  it('writes CSV of the runs that are named', async () => {
    await exportRuns('past-00001', '--format', 'csv', '--output', at('csv'));
    const [head = '', row = '', ...more] = readFileSync(at('csv', 'runs.csv'), 'utf8').trimEnd().split('\n');
    const cells = Object.fromEntries(head.split(',').map((name, i) => [name, row.split(',')[i]]));
    expect(more).toEqual([]);
    expect(cells).toMatchObject({ id: 'past-00001', 'recipe.adapter.rank': '16', parent_id: '' });
    expect(readFileSync(at('csv', 'steps.csv'), 'utf8').trimEnd().split('\n')).toHaveLength(13);
  });

  it('never writes over what is there, unless it is told to, and leaves nothing behind', async () => {
    writeFileSync(at('taken'), 'mine');
    const refused = await exportRuns('--format', 'csv', '--output', at('taken'), '--json');
    expect([refused.code, refused.json[0]]).toMatchObject([2, { error: { code: 'export.exists' } }]);
    expect(readFileSync(at('taken'), 'utf8')).toBe('mine');
    expect(readdirSync(workspace.directory).filter(name => name.startsWith('.luthier'))).toEqual([]);
    expect(existsSync(join(workspace.home, 'exports'))).toBe(false);
  });

  it('writes an event file of TensorBoard for each run', async () => {
    const { code, stderr } = await exportRuns('--format', 'tensorboard', '--output', at('board'));
    expect(code, stderr).toBe(0);
    expect(readdirSync(at('board')).sort()).toEqual([
      'sweep-0-past-00000',
      'sweep-1-past-00001',
      'sweep-2-past-00002',
    ]);
    const [file = ''] = readdirSync(at('board', 'sweep-1-past-00001'));
    const startedAt = Date.UTC(2026, 0, 1, 0, 1) / 1000;
    expect(file).toBe(`events.out.tfevents.${startedAt}.luthier`);
    const events = recordsIn(readFileSync(at('board', 'sweep-1-past-00001', file)));
    // Its version, twelve steps and two evaluations.
    expect(events).toHaveLength(1 + 12 + 2);
    expect(events[0]?.toString('latin1')).toContain('brain.Event:2');
    expect(events[1]?.readDoubleLE(1)).toBe(startedAt + 2);
    expect(events.filter(event => event.includes('train/loss'))).toHaveLength(12);
    expect(events.filter(event => event.includes('eval/loss'))).toHaveLength(2);
  });

  it.runIf(hasTensorBoard)('that the real TensorBoard reads', async () => {
    await exportRuns('past-00002', '--format', 'tensorboard', '--output', at('read'));
    const folder = at('read', 'sweep-2-past-00002');
    const [file = ''] = readdirSync(folder);
    const script = join(import.meta.dirname, 'references', 'tensorboard_scalars.py');
    const printed = execFileSync(python, [script, join(folder, file)], { encoding: 'utf8' });
    const scalars = JSON.parse(printed) as Record<string, [step: number, value: number][]>;
    expect(scalars['train/loss']).toHaveLength(12);
    // 1 + 1/3 is the loss of this run's last step, as a float of 32 bits; an evaluation adds 1/12.
    expect(scalars['train/loss']?.at(-1)).toEqual([12, Math.fround(4 / 3)]);
    expect(scalars['eval/loss']?.at(-1)).toEqual([12, Math.fround(4 / 3 + 1 / 12)]);
  });
});

/** The data of each record: 8 bytes of length and 4 of checksum before it, 4 behind. */
function recordsIn(file: Buffer): Buffer[] {
  const records: Buffer[] = [];
  for (let at = 0; at < file.length; ) {
    const length = Number(file.readBigUInt64LE(at));
    records.push(file.subarray(at + 12, at + 12 + length));
    at += 16 + length;
  }
  return records;
}
