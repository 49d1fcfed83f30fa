import { spawn, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { launchRun } from '../src-main/backend/launch-run.ts';
import { resumeRun } from '../src-main/backend/resume-run.ts';
import { orThrow } from '../src-shared/contract/coded-error.ts';
import type { TrainingEvent } from '../src-shared/domain/training.ts';
import { openParts } from './backend.ts';
import { cliFile, createWorkspace, demoDirectory, demoModel, runLuthier } from './luthier-process.ts';

const workspace = createWorkspace('failures');
afterAll(workspace.remove);

const recipeOver = (model: string) => `version: 1
name: failing
model: {path: ${JSON.stringify(model)}}
dataset: {path: ${JSON.stringify(join(demoDirectory, 'train.jsonl'))}, limit: 60}
collator: {maxLength: 256}
adapter: {rank: 64, alpha: 64}
training: {epochs: 2, batchSize: 4, gradientAccumulationSteps: 2, warmupSteps: 2, checkpointEverySteps: 3}
`;
const recipePath = workspace.write('failing.luthier.yaml', recipeOver(demoModel));
const never = new AbortController().signal;

/** Runs `luthier …` where no file may grow beyond a size, as on a full disk. */
function runWithFileLimit(kibibytes: number, ...args: string[]) {
  return new Promise<{ code: number | null; json: unknown[] }>(resolve => {
    const command = `ulimit -f ${kibibytes}; exec "$0" "$@"`;
    const child = spawn('bash', ['-c', command, process.execPath, cliFile, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk;
    });
    child.on('close', code => {
      const lines = stdout.split('\n').filter(line => line.startsWith('{'));
      resolve({ code, json: lines.map(line => JSON.parse(line) as unknown) });
    });
  });
}

describe('a run whose disk is full', () => {
  it.skipIf(process.platform === 'win32')(
    'fails with the checkpoint, the cause and a remedy; the one before stands, and the run goes on from it',
    async () => {
      const home = join(workspace.directory, 'full');
      // Room for the history and for an adapter, not for the optimizer's state, which is twice as large.
      const started = await runLuthier(
        'train',
        recipePath,
        '--json',
        '--home',
        home,
        '--set',
        'training.maxSteps=4',
      );
      const adapterBytes = readFileSync((started.json.at(-1) as { adapterPath: string }).adapterPath).length;
      const limited = await runWithFileLimit(
        Math.ceil((adapterBytes * 1.5) / 1024),
        ...['train', recipePath, '--json', '--home', home],
      );
      expect(limited.code).toBe(1);
      const events = limited.json as TrainingEvent[];
      expect(events.at(-1)).toMatchObject({
        type: 'finished',
        status: 'failed',
        steps: 3,
        error: { code: 'checkpoint.writeFailed', title: 'The checkpoint of step 3 cannot be written.' },
      });
      expect(events.some(event => event.type === 'checkpoint')).toBe(false);
      const id = (events[0] as { id: string }).id;
      expect(readdirSync(join(home, 'runs', id, 'checkpoints'))).toEqual([]);
      const shown = await runLuthier('runs', 'show', id, '--json', '--home', home);
      expect(shown.json[0]).toMatchObject({ status: 'failed', checkpoints: [] });
      const resumed = await runLuthier('train', '--resume', id, '--json', '--home', home);
      expect(resumed.code).toBe(0);
      expect(resumed.json.at(-1)).toMatchObject({ status: 'completed' });
    },
  );
});

describe('a run whose trainer dies', () => {
  it('of an abort says so, keeps its checkpoint, and goes on from it in the same process', async () => {
    const home = join(workspace.directory, 'aborted');
    let trainerPid = 0;
    const parts = openParts(home, (entry, pid) => {
      if (entry === 'trainer') trainerPid = pid ?? 0;
    });
    const recipe = orThrow(parts.loadRecipe(recipePath));
    const launched = orThrow(
      await launchRun(parts, recipe, {
        signal: never,
        onEvent: event => {
          if (event.type === 'step' && event.step === 4) process.kill(trainerPid, 'SIGABRT');
        },
      }),
    );
    const finished = await launched.finished;
    expect(finished).toMatchObject({ status: 'failed', error: { code: 'process.died' } });
    expect(finished.error?.cause).toContain('an assumption did not hold');
    const events: TrainingEvent[] = [];
    const resumed = orThrow(
      await resumeRun(parts, launched.id, null, { signal: never, onEvent: event => void events.push(event) }),
    );
    expect(await resumed.finished).toMatchObject({ status: 'completed' });
    expect(events[0]).toMatchObject({ type: 'run', resumed: { fromStep: 3 } });
    parts.store.close();
  });

  it.skipIf(process.platform !== 'linux')(
    'because its model file was cut off names the model, and nothing else is lost',
    async () => {
      const model = join(workspace.directory, 'model.gguf');
      copyFileSync(demoModel, model);
      const own = workspace.write('own.luthier.yaml', recipeOver(model));
      const parts = openParts(join(workspace.directory, 'cut'));
      const launched = orThrow(
        await launchRun(parts, orThrow(parts.loadRecipe(own)), {
          signal: never,
          onEvent: event => {
            if (event.type === 'checkpoint' && event.step === 3) truncateSync(model, 4096);
          },
        }),
      );
      const finished = await launched.finished;
      expect(finished).toMatchObject({ status: 'failed', error: { code: 'process.died' } });
      expect(finished.error?.cause).toContain('most likely the model');
      const refused = await resumeRun(parts, launched.id, null, { signal: never });
      expect(refused.ok).toBe(false);
      copyFileSync(demoModel, model);
      const resumed = orThrow(await resumeRun(parts, launched.id, null, { signal: never }));
      expect(await resumed.finished).toMatchObject({ status: 'completed' });
      parts.store.close();
    },
  );
});

describe('a run whose model file is deleted', () => {
  it.skipIf(process.platform === 'win32')(
    'goes on to its end, for the system keeps the file until it is closed',
    async () => {
      const model = join(workspace.directory, 'deleted.gguf');
      copyFileSync(demoModel, model);
      const own = workspace.write('deleted.luthier.yaml', recipeOver(model));
      const parts = openParts(join(workspace.directory, 'deleted'));
      const launched = orThrow(
        await launchRun(parts, orThrow(parts.loadRecipe(own)), {
          signal: never,
          onEvent: event => {
            if (event.type === 'checkpoint' && event.step === 3) rmSync(model);
          },
        }),
      );
      expect(await launched.finished).toMatchObject({ status: 'completed', steps: 16 });
      expect(existsSync(model)).toBe(false);
      parts.store.close();
    },
  );
});

/** A run whose trainer gets no more address space behind step 4, so that what it asks for is refused. */
async function trainWithoutMemory(name: string, threads: number) {
  const home = join(workspace.directory, name);
  let trainerPid = 0;
  const parts = openParts(home, (entry, pid) => {
    if (entry === 'trainer') trainerPid = pid ?? 0;
  });
  const recipe = orThrow(parts.loadRecipe(recipePath, [{ key: 'device.threads', value: String(threads) }]));
  const launched = orThrow(
    await launchRun(parts, recipe, {
      signal: never,
      onEvent: event => {
        if (event.type !== 'step' || event.step !== 4) return;
        const limited = spawnSync('prlimit', ['--pid', String(trainerPid), '--as=1048576:1048576']);
        expect(limited.status).toBe(0);
      },
    }),
  );
  const finished = await launched.finished;
  return { parts, recipe, id: launched.id, finished };
}

/** Goes on with one thread in the same process, which has lived on. */
async function goesOn({ parts, recipe, id }: Awaited<ReturnType<typeof trainWithoutMemory>>) {
  const events: TrainingEvent[] = [];
  const resumed = orThrow(
    await resumeRun(
      parts,
      id,
      { ...recipe, device: { ...recipe.device, threads: 1 } },
      { signal: never, onEvent: event => void events.push(event) },
    ),
  );
  expect(await resumed.finished).toMatchObject({ status: 'completed', steps: 16 });
  expect(events[0]).toMatchObject({ type: 'run', resumed: { fromStep: 3 } });
  parts.store.close();
}

describe.skipIf(process.platform !== 'linux')('a trainer that the system gives no more memory', () => {
  it('says so, keeps its checkpoint, and the app lives', async () => {
    const run = await trainWithoutMemory('no-memory', 1);
    expect(run.finished.status).toBe('failed');
    expect(run.finished.error?.code).toMatch(
      /^(process|trainer)\.(outOfMemory|died)$|^checkpoint\.writeFailed$/,
    );
    expect(`${run.finished.error?.title} ${run.finished.error?.cause}`).toMatch(/memory/i);
    await goesOn(run);
  });

  it('and that aborts inside llama.cpp says what did not hold, and where', async () => {
    // ggml starts its threads for each graph and asserts that each has started; so many want more than is left.
    const run = await trainWithoutMemory('assert', 64);
    expect(run.finished).toMatchObject({ status: 'failed', error: { code: 'process.died' } });
    expect(run.finished.error?.cause).toMatch(
      /^llama\.cpp ended it because an assumption did not hold: .*GGML_ASSERT.* signal SIGABRT/,
    );
    await goesOn(run);
  });
});

/** A file system of its own; null where this user may not mount one. */
function mountSmallDisk(path: string, size: string) {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return null;
  mkdirSync(path);
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', path]).status !== 0) return null;
  return {
    path,
    resize: (newSize: string) => spawnSync('mount', ['-o', `remount,size=${newSize}`, path]),
    unmount: () => spawnSync('umount', [path]),
  };
}

describe('a run whose output disk has room for one checkpoint', () => {
  const disk = mountSmallDisk(join(workspace.directory, 'small-disk'), '8m');
  afterAll(() => void disk?.unmount());

  it.skipIf(disk === null)(
    'fails at the second, the first stands, and it goes on once there is room',
    async () => {
      const parts = openParts(join(workspace.directory, 'small-home'));
      const recipe = orThrow(
        parts.loadRecipe(recipePath, [{ key: 'output.directory', value: disk?.path ?? '' }]),
      );
      const launched = orThrow(await launchRun(parts, recipe, { signal: never }));
      const finished = await launched.finished;
      expect(finished).toMatchObject({
        status: 'failed',
        steps: 6,
        error: { code: 'checkpoint.writeFailed' },
      });
      expect(finished.error?.cause).toMatch(/no space/i);
      const runDirectory = join(disk?.path ?? '', launched.id);
      expect(parts.checkpoints.list(runDirectory).map(({ step }) => step)).toEqual([3]);
      disk?.resize('64m');
      const events: TrainingEvent[] = [];
      const resumed = orThrow(
        await resumeRun(parts, launched.id, null, {
          signal: never,
          onEvent: event => void events.push(event),
        }),
      );
      expect(await resumed.finished).toMatchObject({ status: 'completed', steps: 16 });
      expect(events[0]).toMatchObject({ type: 'run', resumed: { fromStep: 3 } });
      parts.store.close();
    },
  );
});

describe('a run whose history cannot be written', () => {
  it('stops with the cause, and the app lives', async () => {
    const parts = openParts(join(workspace.directory, 'no-history'));
    const record = parts.store.record.bind(parts.store);
    let writes = 0;
    const store = {
      ...parts.store,
      record: (...args: Parameters<typeof record>) => {
        if (++writes > 2) throw new Error('database or disk is full');
        record(...args);
      },
    };
    const recipe = orThrow(parts.loadRecipe(recipePath, [{ key: 'training.epochs', value: '200' }]));
    const launched = orThrow(await launchRun({ ...parts, store }, recipe, { signal: never }));
    expect(await launched.finished).toMatchObject({
      status: 'failed',
      error: { code: 'history.writeFailed', cause: 'database or disk is full' },
    });
    expect(existsSync(join(workspace.directory, 'no-history', 'runs', launched.id, 'adapter.gguf'))).toBe(
      true,
    );
    const again = orThrow(await launchRun(parts, orThrow(parts.loadRecipe(recipePath)), { signal: never }));
    expect(await again.finished).toMatchObject({ status: 'completed' });
    parts.store.close();
  });
});

describe('a run whose loss is no number any more', () => {
  it('stops with the step, the rows and the likely cause', async () => {
    const { code, json } = await runLuthier(
      ...['train', recipePath, '--json', '--home', join(workspace.directory, 'nan')],
      ...[
        '--set',
        'training.learningRate=1e30',
        '--set',
        'training.warmupSteps=0',
        '--set',
        'training.maxGradNorm=0',
      ],
    );
    expect(code).toBe(1);
    const last = json.at(-1) as { steps: number; error: { code: string; cause: string; remedy: string } };
    expect(last.error.code).toMatch(/^(loss|gradient)\.notFinite$/);
    expect(last.error.cause).toMatch(new RegExp(`^Step ${last.steps + 1}, rows \\d+(, \\d+)*: `));
    expect(last.error.remedy).toContain('training.learningRate');
    const losses = (json as TrainingEvent[]).flatMap(event => (event.type === 'step' ? [event.loss] : []));
    expect(losses.every(Number.isFinite)).toBe(true);
  });
});
