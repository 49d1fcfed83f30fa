import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { decodeState, encodeState } from '../src-main/adapters/checkpoints/state-file.ts';
import type { BackendParts } from '../src-main/backend/backend-parts.ts';
import { createBackendFace } from '../src-main/backend/create-backend-face.ts';
import { launchRun } from '../src-main/backend/launch-run.ts';
import { resumeRun } from '../src-main/backend/resume-run.ts';
import { orThrow } from '../src-shared/contract/coded-error.ts';
import type { TrainingEvent } from '../src-shared/domain/training.ts';
import { openParts } from './backend.ts';
import { longEnoughRecipe, resumeUntilDone, runThrough } from './killed-runs.ts';
import {
  createWorkspace,
  demoDirectory,
  demoModel,
  root,
  runLuthier,
  startLuthier,
} from './luthier-process.ts';

const workspace = createWorkspace('resume');
afterAll(workspace.remove);

const recipePath = workspace.write('killed.luthier.yaml', longEnoughRecipe(2));
const reference = runThrough(recipePath, join(workspace.directory, 'reference'));
const never = new AbortController().signal;

/** Gives the run's id. */
async function stopAfterCheckpoint(parts: BackendParts, step: number): Promise<string> {
  const recipe = orThrow(parts.loadRecipe(recipePath));
  const { id, finished } = orThrow(
    await launchRun(parts, recipe, {
      signal: never,
      onEvent: event => {
        if (event.type !== 'checkpoint' || event.step !== step) return;
        for (const stop of parts.running.values()) stop.abort();
      },
    }),
  );
  expect((await finished).status).toBe('stopped');
  return id;
}

describe('a run that is killed and resumed', () => {
  it('gives the bytes, losses and steps of one that ran through, whenever it was killed', async () => {
    const home = join(workspace.directory, 'killed');
    const whole = await reference;
    const killed = await resumeUntilDone(recipePath, home, [
      { afterSteps: 0 },
      'inside a checkpoint',
      { afterSteps: 4 },
    ]);
    expect(killed.course).toEqual(whole.course);
    expect(killed.course.steps.map(({ step }) => step)).toEqual(whole.course.steps.map((_, i) => i + 1));
    expect(killed.adapter.equals(whole.adapter)).toBe(true);
    expect(killed.bestAdapter.equals(whole.bestAdapter)).toBe(true);
    expect(killed.run.resumptions.map(({ fromStep }) => fromStep + 1)).toEqual([
      ...killed.kills.slice(1).map(({ restartStep }) => restartStep),
      killed.last.restartStep,
    ]);
    expect(killed.last.restartStep).toBeGreaterThan(2);
    expect(killed.last.savedMs).toBeGreaterThan(0);
  });

  it('goes on from the checkpoint before, where the newest one is damaged, and says so', async () => {
    const home = join(workspace.directory, 'damaged');
    const parts = openParts(home);
    const id = await stopAfterCheckpoint(parts, 6);
    const saved = parts.checkpoints.list(join(home, 'runs', id));
    const [before, newest] = saved.slice(-2);
    truncateSync(join(newest?.path ?? '', 'state.bin'), 200);
    const events: TrainingEvent[] = [];
    const resumed = orThrow(
      await resumeRun(parts, id, null, { signal: never, onEvent: event => void events.push(event) }),
    );
    expect(await resumed.finished).toMatchObject({ status: 'completed' });
    parts.store.close();
    expect(events[0]).toMatchObject({ type: 'run', resumed: { fromStep: before?.step } });
    expect(events).toContainEqual(expect.objectContaining({ type: 'warning', code: 'checkpoint.damaged' }));
    const whole = await reference;
    expect(readFileSync(join(home, 'runs', id, 'adapter.gguf')).equals(whole.adapter)).toBe(true);
  });
});

describe('a checkpoint of another build of the native part', () => {
  it('is gone on from, and the run keeps a warning of it', async () => {
    const home = join(workspace.directory, 'other-build');
    const parts = openParts(home);
    const id = await stopAfterCheckpoint(parts, 6);
    const newest = parts.checkpoints.list(join(home, 'runs', id)).at(-1);
    const file = join(newest?.path ?? '', 'state.bin');
    const state = decodeState(readFileSync(file));
    if (typeof state === 'string') throw new Error(state);
    const meta = { ...state.meta, nativeBuild: 'another build' };
    writeFileSync(file, Buffer.concat(encodeState(meta, state.optimizer)));
    const resumed = orThrow(await resumeRun(parts, id, null, { signal: never }));
    expect(await resumed.finished).toMatchObject({ status: 'completed' });
    const shown = parts.store.show(id);
    expect(shown?.resumptions).toMatchObject([{ fromStep: newest?.step }]);
    expect(shown?.warnings.map(({ code }) => code)).toEqual(['checkpoint.otherBuild']);
    parts.store.close();
    // the build is the same in truth, and so is the adapter
    const whole = await reference;
    expect(readFileSync(join(home, 'runs', id, 'adapter.gguf')).equals(whole.adapter)).toBe(true);
  });
});

describe('a run that is stopped', () => {
  it('by Ctrl-C keeps a usable adapter and goes on to the same end', async () => {
    const home = join(workspace.directory, 'stopped');
    const running = startLuthier(['train', recipePath, '--json', '--home', home]);
    const { id } = (await running.line(value => value['type'] === 'run')) as { id: string };
    await running.line(value => value['type'] === 'step' && value['step'] === 7);
    process.kill(running.child.pid ?? 0, 'SIGINT');
    const stopped = await running.finished;
    expect(stopped.code).toBe(130);
    const last = stopped.json.at(-1) as { steps: number; adapterPath: string };
    expect(last).toMatchObject({ type: 'finished', status: 'stopped' });
    expect(readFileSync(last.adapterPath).toString('latin1', 0, 4)).toBe('GGUF');
    expect(stopped.json.filter(event => (event as TrainingEvent).type === 'checkpoint').at(-1)).toMatchObject(
      {
        step: last.steps,
      },
    );

    const resumed = await runLuthier('train', '--resume', id, '--json', '--home', home);
    expect(resumed.code).toBe(0);
    expect(resumed.json[0]).toMatchObject({ type: 'run', id, resumed: { fromStep: last.steps } });
    const whole = await reference;
    expect(readFileSync(last.adapterPath).equals(whole.adapter)).toBe(true);
    const again = await runLuthier('train', '--resume', id, '--json', '--home', home);
    expect(again.json[0]).toMatchObject({ error: { code: 'resume.notPossible' } });
  });

  it('by pause frees the device, is shown as paused, and goes on when it is told to', async () => {
    const home = join(workspace.directory, 'paused');
    const backend = createBackendFace(openParts(home));
    const call = async (name: string, input: unknown) => {
      const result = await backend.call(name, input, never);
      if (!result.ok) throw new Error(JSON.stringify(result.error));
      return result.value as Record<string, unknown>;
    };
    const { id } = (await call('runs.start', { kind: 'file', path: recipePath })) as { id: string };
    const events: TrainingEvent[] = [];
    const finishes = (wanted: number) =>
      new Promise<TrainingEvent[]>(resolve => {
        const subscribed = backend.subscribe('run.events', { id }, batch => {
          events.push(...(batch as TrainingEvent[]));
          if (events.filter(event => event.type === 'finished').length < wanted) {
            if (wanted === 1 && events.some(event => event.type === 'step' && event.step >= 3))
              void backend.call('runs.pause', { id }, never);
            return;
          }
          if (subscribed.ok) subscribed.subscription.unsubscribe();
          resolve(events);
        });
      });
    await finishes(1);
    expect(events.at(-1)).toMatchObject({ type: 'finished', status: 'stopped', paused: true });
    expect(await call('runs.show', { id })).toMatchObject({ status: 'stopped', paused: true });
    const ended = finishes(2);
    expect(await call('runs.resume', { id })).toEqual({ id });
    await ended;
    expect(events.at(-1)).toMatchObject({ type: 'finished', status: 'completed' });
    const shown = await call('runs.show', { id });
    expect(shown).toMatchObject({ status: 'completed', paused: false });
    const { steps } = (await call('runs.steps', { id, offset: 0, count: 1000 })) as {
      steps: { step: number }[];
    };
    expect(steps.map(({ step }) => step)).toEqual((await reference).course.steps.map(({ step }) => step));
    expect(readFileSync(String(shown['adapterPath'])).equals((await reference).adapter)).toBe(true);
    await backend.close();
  });
});

describe('resuming', () => {
  it('is refused where recipe or data are not those of the run, with what differs', async () => {
    const home = join(workspace.directory, 'other');
    const data = workspace.write('own.jsonl', readFileSync(join(root, 'resources/demo/train.jsonl'), 'utf8'));
    const own = workspace.write(
      'own.luthier.yaml',
      longEnoughRecipe(2).replace(/path: "[^"]*train\.jsonl"/, `path: ${JSON.stringify(data)}`),
    );
    const running = startLuthier(['train', own, '--json', '--home', home]);
    const { id } = (await running.line(value => value['type'] === 'run')) as { id: string };
    await running.line(value => value['type'] === 'checkpoint');
    process.kill(running.child.pid ?? 0, 'SIGINT');
    await running.finished;

    const resume = (...args: string[]) =>
      runLuthier('train', own, '--resume', id, '--json', '--home', home, ...args);
    const otherRecipe = await resume('--set', 'training.epochs=3', '--set', 'device.threads=2');
    expect(otherRecipe.json[0]).toMatchObject({
      error: {
        code: 'resume.recipeDiffers',
        details: { differing: ['training.epochs: the run has 2, the recipe 3'] },
      },
    });
    workspace.write('own.jsonl', readFileSync(data, 'utf8').replace('Hugo', 'Hedwig'));
    const otherData = await resume();
    expect(otherData.json[0]).toMatchObject({ error: { code: 'resume.inputsDiffer' } });
    rmSync(data);
    const noData = await resume();
    expect(noData.json[0]).toHaveProperty('error');
    const shown = await runLuthier('runs', 'show', id, '--json', '--home', home);
    expect(shown.json[0]).toMatchObject({ id, status: 'stopped' });
    expect(existsSync((shown.json[0] as { adapterPath: string }).adapterPath)).toBe(true);
  });

  it('of a run that does not exist is refused', async () => {
    const { json, code } = await runLuthier(
      'train',
      '--resume',
      'nothing',
      '--json',
      '--home',
      workspace.home,
    );
    expect(json[0]).toMatchObject({ error: { code: 'run.notFound' } });
    expect(code).not.toBe(0);
  });
});

/** A tenth of the demo. */
function smallDemo(): string {
  const folder = join(workspace.directory, 'small-demo');
  mkdirSync(folder);
  copyFileSync(demoModel, join(folder, 'base.gguf'));
  for (const file of ['train.jsonl', 'heldout.jsonl', 'demo.luthier.yaml']) {
    const text = readFileSync(join(demoDirectory, file), 'utf8');
    const lines = text.split('\n');
    const isData = file.endsWith('.jsonl');
    const small = isData
      ? lines.slice(0, lines.length / 10).join('\n')
      : text.replace('epochs: 4', 'epochs: 2');
    writeFileSync(join(folder, file), small);
  }
  return folder;
}

describe('a run of the demo', () => {
  it('is scored at its end though it was paused', async () => {
    const parts = { ...openParts(join(workspace.directory, 'demo')), demoDirectory: smallDemo() };
    const backend = createBackendFace(parts);
    const { value } = (await backend.call('runs.start', { kind: 'demo' }, never)) as {
      value: { id: string };
    };
    const finished = () =>
      new Promise<TrainingEvent>(resolve => {
        const unwatch = parts.events.watch(value.id, event => {
          if (event.type === 'step' && event.step === 2) void backend.call('runs.pause', value, never);
          if (event.type !== 'finished') return;
          unwatch();
          resolve(event);
        });
      });
    expect(await finished()).toMatchObject({ status: 'stopped', paused: true });
    const ended = finished();
    expect((await backend.call('runs.resume', value, never)).ok).toBe(true);
    expect(await ended).toMatchObject({ status: 'completed', demo: { baseExactMatch: 0 } });
    await backend.close();
  });

  it('is scored at its end though the command line stopped and resumed it', async () => {
    const home = join(workspace.directory, 'demo-cli');
    const running = startLuthier(['demo', '--json', '--home', home]);
    const { id } = (await running.line(value => value['type'] === 'run')) as { id: string };
    await running.line(value => value['type'] === 'step' && value['step'] === 2);
    process.kill(running.child.pid ?? 0, 'SIGINT');
    expect((await running.finished).code).toBe(130);
    const resumed = await runLuthier('train', '--resume', id, '--json', '--home', home);
    expect(resumed.json.at(-1)).toMatchObject({ status: 'completed', demo: { baseExactMatch: 0 } });
  });
});
