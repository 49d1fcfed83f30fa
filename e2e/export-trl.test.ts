import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorkspace, demoDirectory, demoModel, runLuthier } from './luthier-process.ts';

const workspace = createWorkspace('export-trl');
afterAll(workspace.remove);

/** A Python with torch, transformers, peft and trl; without one, the real TRL is not asked. */
const python = process.env['LUTHIER_PEER_PYTHON'];
const folder = join(workspace.directory, 'off');
const data = workspace.write('rows.jsonl', readFileSync(join(demoDirectory, 'train.jsonl'), 'utf8'));
const recipe = workspace.write(
  'off.luthier.yaml',
  `version: 1
name: off
model: {path: ${JSON.stringify(demoModel)}}
dataset: {path: ${JSON.stringify(data)}, limit: 60, validation: {fraction: 0.1}}
collator: {maxLength: 96}
adapter: {rank: 4, alpha: 8, layers: {last: 1}}
training: {maxSteps: 2, batchSize: 4, gradientAccumulationSteps: 1, warmupSteps: 1, evaluateEverySteps: 0, checkpointEverySteps: 0}
`,
);

interface Row {
  readonly input_ids: readonly number[];
  readonly labels: readonly number[];
}
interface Labelled {
  readonly inputIds: readonly number[];
  readonly labels: readonly number[];
  readonly dropped: string | null;
}

let run = '';
let labelled: Labelled[] = [];
const rowsOf = (name: string) =>
  readFileSync(join(folder, name), 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Row);
const exportRun = (...args: string[]) =>
  runLuthier(
    'export',
    run,
    '--format',
    'trl',
    '--output',
    folder,
    '--json',
    '--home',
    workspace.home,
    ...args,
  );

beforeAll(async () => {
  const trained = await runLuthier('train', recipe, '--json', '--home', workspace.home);
  expect(trained.code, trained.stdout + trained.stderr).toBe(0);
  run = (trained.json[0] as { id: string }).id;
  const labels = await runLuthier('labels', recipe, '--json', '--home', workspace.home);
  labelled = (labels.json as Labelled[]).filter(({ dropped }) => dropped === null);
}, 120_000);

const key = ({ ids, labels }: { ids: readonly number[]; labels: readonly number[] }) =>
  JSON.stringify([ids, labels]);

describe('luthier export --format trl', () => {
  it('holds the ids and labels of `luthier labels`, each example once, in training or validation', async () => {
    const { code, json, stderr } = await exportRun();
    expect(code, stderr + JSON.stringify(json)).toBe(0);
    const written = [...rowsOf('train.jsonl'), ...rowsOf('valid.jsonl')].map(row =>
      key({ ids: row.input_ids, labels: row.labels }),
    );
    expect(written.sort()).toEqual(
      labelled.map(row => key({ ids: row.inputIds, labels: row.labels })).sort(),
    );
    const tokens = labelled.reduce((sum, { inputIds }) => sum + inputIds.length, 0);
    expect(json[0]).toMatchObject({ verification: { kind: 'labels', examples: labelled.length, tokens } });
    expect(readdirSync(folder).sort()).toEqual([
      'chat_template.jinja',
      'requirements.txt',
      'settings.json',
      'sky.yaml',
      'slurm.sbatch',
      'train.jsonl',
      'train.py',
      'valid.jsonl',
    ]);
    expect(readFileSync(join(folder, 'chat_template.jinja'), 'utf8')).toContain('add_generation_prompt');
  });

  it('is made again where the prepared dataset is gone, and refused where the data has changed', async () => {
    const before = readFileSync(join(folder, 'train.jsonl'), 'utf8');
    const cache = join(workspace.home, 'cache', 'prepared');
    rmSync(cache, { recursive: true });
    expect((await exportRun('--force')).code).toBe(0);
    expect(readFileSync(join(folder, 'train.jsonl'), 'utf8')).toBe(before);
    rmSync(cache, { recursive: true });
    mkdirSync(cache);
    const content = readFileSync(data, 'utf8');
    workspace.write('rows.jsonl', content.split('\n').slice(1).join('\n'));
    const refused = await exportRun('--force');
    workspace.write('rows.jsonl', content);
    expect([refused.code, refused.json[0]]).toMatchObject([2, { error: { code: 'export.dataChanged' } }]);
    expect(readFileSync(join(folder, 'train.jsonl'), 'utf8')).toBe(before);
  });

  it.skipIf(python === undefined)(
    'prepares the same ids and labels in the real TRL, and its script trains',
    async () => {
      const work = join(workspace.directory, 'peer');
      mkdirSync(work);
      const script = join(import.meta.dirname, 'references', 'trl_labels.py');
      const run_ = (...args: string[]) =>
        execFileSync(python ?? '', args, {
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'pipe'],
          env: { ...process.env, HF_HOME: work, HF_HUB_OFFLINE: '1', PYTHONDONTWRITEBYTECODE: '1' },
        });
      const found = JSON.parse(run_(script, folder, work).trim().split('\n').at(-1) ?? '');
      const rows = rowsOf('train.jsonl');
      expect(found.inputIds).toEqual(rows.map(row => row.input_ids));
      expect(found.labels).toEqual(rows.map(row => row.labels));
      // Two rows in one batch: the shorter one's padding is not trained.
      const [first, second] = rows;
      const length = Math.max(first?.labels.length ?? 0, second?.labels.length ?? 0);
      const padded = [first, second].map(row => [
        ...(row?.labels ?? []),
        ...Array(length - (row?.labels.length ?? 0)).fill(-100),
      ]);
      expect(found.batchLabels).toEqual(padded);
      expect(found.trainable).toContain('q_proj');
      const trained = join(work, 'trained');
      run_(
        join(folder, 'train.py'),
        '--model',
        join(work, 'model'),
        '--output',
        trained,
        '--max-steps',
        '1',
        '--cpu',
      );
      expect(existsSync(join(trained, 'adapter_model.safetensors'))).toBe(true);
    },
    300_000,
  );
});
