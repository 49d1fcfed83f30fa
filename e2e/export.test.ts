import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBackendFace } from '../src-main/backend/create-backend-face.ts';
import { exportRun } from '../src-main/backend/export/export-run.ts';
import type { PredictionsVerification } from '../src-shared/domain/export.ts';
import { openParts } from './backend.ts';
import { createWorkspace, demoDirectory, demoModel, runLuthier, startLuthier } from './luthier-process.ts';

const workspace = createWorkspace('export');
let run = '';
let adapterPath = '';

interface Report {
  readonly files: readonly { path: string; bytes: number; sha256: string }[];
  readonly verification: PredictionsVerification;
}

beforeAll(async () => {
  const recipe = workspace.write(
    'export.luthier.yaml',
    `version: 1
name: two words/and a slash
model: {path: ${JSON.stringify(demoModel)}}
dataset: {path: ${JSON.stringify(join(demoDirectory, 'train.jsonl'))}, limit: 120, validation: none}
collator: {maxLength: 256}
adapter: {rank: 4, alpha: 8}
training: {epochs: 2, batchSize: 8, gradientAccumulationSteps: 1, warmupSteps: 0, learningRate: 5.0e-3}
`,
  );
  const trained = await runLuthier('train', recipe, '--json', '--home', workspace.home);
  expect(trained.code, trained.stderr).toBe(0);
  run = (trained.json[0] as { id: string }).id;
  adapterPath = (trained.json.at(-1) as { adapterPath: string }).adapterPath;
}, 120_000);
afterAll(workspace.remove);

const exportTo = (output: string, ...args: string[]) =>
  runLuthier('export', run, '--output', output, ...args, '--json', '--home', workspace.home);

function folder(name: string): string {
  const path = join(workspace.directory, name);
  mkdirSync(path);
  return path;
}

const sha256 = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');

describe('luthier export --format gguf-adapter', () => {
  it('copies the adapter under the name of the run, loads it, and leaves nothing else', async () => {
    const directory = folder('adapter');
    const { code, json, stderr } = await exportTo(directory, '--format', 'gguf-adapter');
    expect(code, stderr).toBe(0);
    const { files, verification } = json[0] as Report;
    expect(readdirSync(directory)).toEqual(['two-words-and-a-slash-adapter.gguf']);
    const path = join(directory, 'two-words-and-a-slash-adapter.gguf');
    expect(files).toEqual([{ path, bytes: readFileSync(adapterPath).length, sha256: sha256(adapterPath) }]);
    expect(sha256(path)).toBe(sha256(adapterPath));
    expect(verification).toMatchObject({ largestDifference: 0, sameChoice: 1 });
    expect(verification.tokens).toBeGreaterThan(20);
  });

  it('never replaces a file unless asked to', async () => {
    const path = workspace.write('mine.gguf', 'mine');
    const refused = await exportTo(path, '--format', 'gguf-adapter');
    expect(refused.code).toBe(2);
    expect(refused.json[0]).toMatchObject({ error: { code: 'export.exists' } });
    expect(readFileSync(path, 'utf8')).toBe('mine');
    expect((await exportTo(path, '--format', 'gguf-adapter', '--force')).code).toBe(0);
    expect(sha256(path)).toBe(sha256(adapterPath));
  });

  it('names a format or a folder that is not known', async () => {
    const format = await exportTo(workspace.directory, '--format', 'onnx');
    expect([format.code, format.json[0]]).toMatchObject([2, { error: { code: 'arguments.invalid' } }]);
    const nowhere = await exportTo(join(workspace.directory, 'no', 'x.gguf'), '--format', 'gguf-adapter');
    expect([nowhere.code, nowhere.json[0]]).toMatchObject([2, { error: { code: 'export.noFolder' } }]);
  });

  it('leaves what was there, and nothing else, where the export is damaged or cancelled', async () => {
    const directory = folder('kept');
    const output = join(directory, 'adapter.gguf');
    writeFileSync(output, 'mine');
    const parts = openParts(workspace.home);
    const request = {
      run,
      model: 'tuned',
      format: 'gguf-adapter',
      weightType: 'keep',
      output,
      force: true,
    } as const;
    // The exporter's file is cut off behind its back, as a full disk or a bad cable would.
    const { exporter } = parts.workers;
    const cut = {
      ...parts,
      workers: {
        ...parts.workers,
        exporter: {
          write: async (...args: Parameters<typeof exporter.write>) => {
            const written = await exporter.write(...args);
            const path = join(args[0].directory, 'adapter.gguf');
            const bytes = readFileSync(path);
            writeFileSync(path, bytes.fill(0x7f, bytes.length / 2));
            return written;
          },
        },
      },
    };
    const damaged = await exportRun(cut, request, { signal: new AbortController().signal });
    expect(damaged).toMatchObject({ ok: false, error: { code: 'export.differs' } });
    const cancelled = await exportRun(parts, request, { signal: AbortSignal.abort() });
    expect(cancelled).toMatchObject({ ok: false, error: { code: 'job.cancelled' } });
    expect(readdirSync(directory)).toEqual(['adapter.gguf']);
    expect(readFileSync(output, 'utf8')).toBe('mine');
    parts.store.close();
  });
});

describe('the export panel', () => {
  const choice = {
    format: 'gguf',
    model: 'tuned',
    weightType: 'Q8_0',
    folder: workspace.directory,
    name: null,
  } as const;
  const signal = new AbortController().signal;

  it('tells the place, what it takes and what is free, and refuses a disk that is too full', async () => {
    const parts = openParts(workspace.home);
    const face = createBackendFace({ ...parts, freeBytes: () => 64 << 20 });
    const plan = await face.call('export.plan', { ...choice, id: run }, signal);
    expect(plan).toMatchObject({
      ok: true,
      value: {
        target: join(workspace.directory, 'two-words-and-a-slash.gguf'),
        isFolderThere: true,
        isTaken: false,
        freeBytes: 64 << 20,
        hasSpace: false,
      },
    });
    const start = { ...choice, id: run, replace: true, workId: 'w' };
    expect(await face.call('export.start', start, signal)).toMatchObject({
      ok: false,
      error: { code: 'export.noSpace' },
    });
    for (const place of [{ name: '../x.gguf' }, { folder: 'here' }, { name: '..' }]) {
      expect(await face.call('export.plan', { ...choice, id: run, ...place }, signal)).toMatchObject({
        ok: false,
        error: { code: 'export.wrongPlace' },
      });
    }
    expect(existsSync(join(workspace.directory, 'two-words-and-a-slash.gguf'))).toBe(false);
    await face.close();
  });

  it('removes at the next start what a killed export left behind, and nothing of one under way', async () => {
    const directory = folder('killed');
    const notes = join(workspace.home, 'exports');
    mkdirSync(notes, { recursive: true });
    // No process has this number: it is beyond what systems give.
    const gone = '.luthier-export-999999999-0a';
    const alive = `.luthier-export-${process.pid}-0b`;
    const odd = '.luthier-export-999999999-0c';
    for (const name of [gone, alive, odd]) mkdirSync(join(directory, name));
    writeFileSync(join(directory, gone, 'half.gguf'), 'half');
    writeFileSync(join(notes, gone), join(directory, gone));
    writeFileSync(join(notes, alive), join(directory, alive));
    // A note that names another folder is not believed.
    writeFileSync(join(notes, odd), workspace.directory);
    await createBackendFace(openParts(workspace.home)).close();
    expect(readdirSync(directory).sort()).toEqual([alive, odd].sort());
    expect(existsSync(workspace.directory)).toBe(true);
  });

  it('of a process that was killed in the middle of it is gone with the next export', async () => {
    const directory = folder('really-killed');
    const target = join(directory, 'model.gguf');
    const args = ['export', run, '--format', 'gguf', '--output', target, '--home', workspace.home];
    const running = startLuthier(args);
    const stagings = () => readdirSync(directory).filter(name => name.startsWith('.luthier-export-'));
    while (stagings().length === 0) await new Promise(resolve => setTimeout(resolve, 2));
    process.kill(-(running.child.pid ?? 0), 'SIGKILL');
    await running.finished;
    expect(stagings()).toHaveLength(1);
    expect(existsSync(target)).toBe(false);

    const next = await runLuthier(...args);
    expect(next.code, next.stderr).toBe(0);
    expect(readdirSync(directory)).toEqual(['model.gguf']);
  });
});
