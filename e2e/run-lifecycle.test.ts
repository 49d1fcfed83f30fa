import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createBackendFace } from '../src-main/backend/create-backend-face.ts';
import { launchRun } from '../src-main/backend/launch-run.ts';
import { orThrow } from '../src-shared/contract/coded-error.ts';
import type { TrainingEvent } from '../src-shared/domain/training.ts';
import { openParts } from './backend.ts';
import { createWorkspace, demoDirectory, demoModel, runLuthier, startLuthier } from './luthier-process.ts';

const workspace = createWorkspace('lifecycle');
afterAll(workspace.remove);

const recipePath = workspace.write(
  'run.luthier.yaml',
  `version: 1
name: lifecycle
model: {path: ${JSON.stringify(demoModel)}}
dataset: {path: ${JSON.stringify(join(demoDirectory, 'train.jsonl'))}, limit: 60}
collator: {maxLength: 256}
adapter: {rank: 4, alpha: 8}
training: {epochs: 1, batchSize: 4, gradientAccumulationSteps: 2, warmupSteps: 2}
`,
);

const never = new AbortController().signal;

describe('a run', () => {
  it('gives its events in order, and the history holds the same figures', async () => {
    const { code, json } = await runLuthier('train', recipePath, '--json', '--home', workspace.home);
    expect(code).toBe(0);
    const events = json as TrainingEvent[];
    const [first] = events;
    const last = events.at(-1);
    if (first?.type !== 'run' || last?.type !== 'finished') throw new Error('wrong order');
    const steps = events.flatMap(event => (event.type === 'step' ? [event] : []));
    expect(steps.map(step => step.step)).toEqual(Array.from({ length: first.steps }, (_, i) => i + 1));
    expect(steps[0]?.learningRate).toBe(0);
    expect(events.some(event => event.type === 'evaluation')).toBe(true);
    expect(last).toMatchObject({ status: 'completed', steps: first.steps, error: null });

    const shown = await runLuthier('runs', 'show', first.id, '--json', '--home', workspace.home);
    expect(shown.json[0]).toMatchObject({
      id: first.id,
      status: 'completed',
      adapterPath: last.adapterPath,
      hashes: first.hashes,
      recipe: first.recipe,
      steps: steps.map(({ type: _type, ...step }) => step),
    });
    const total = steps.reduce((sum, step) => sum + step.trainableTokens, 0);
    const labels = await runLuthier('batches', recipePath, '--json', '--home', workspace.home);
    const counted = (labels.json as { labels: number[][] }[])
      .flatMap(batch => batch.labels)
      .reduce((sum, row) => sum + row.slice(1).filter(label => label !== -100).length, 0);
    expect(total).toBe(counted);
  });

  it('shows each step as soon as its event was told, however seldom the history is written', async () => {
    const parts = openParts(join(workspace.directory, 'asked-while-running'));
    const backend = createBackendFace(parts);
    const recipe = orThrow(parts.loadRecipe(recipePath));
    const answers: Promise<unknown>[] = [];
    let id = '';
    const launched = orThrow(
      await launchRun(parts, recipe, {
        signal: never,
        onEvent: event => {
          if (event.type === 'run') id = event.id;
          if (event.type !== 'step') return;
          const question = { id, offset: event.step - 1, count: 1 };
          const { type: _type, ...told } = event;
          answers.push(
            Promise.all([
              expect(backend.call('runs.steps', question, never)).resolves.toMatchObject({
                value: { total: event.step, steps: [told] },
              }),
              expect(backend.call('runs.show', { id }, never)).resolves.toMatchObject({
                value: { stepsDone: event.step },
              }),
            ]),
          );
        },
      }),
    );
    const { steps } = await launched.finished;
    expect(answers).toHaveLength(steps);
    await Promise.all(answers);
    await backend.close();
  });

  it('is byte-identical for one seed, with one thread and with two', async () => {
    const adapters: Buffer[] = [];
    for (const threads of [1, 1, 2]) {
      const { json } = await runLuthier(
        'train',
        recipePath,
        '--json',
        '--home',
        workspace.home,
        '--set',
        `device.threads=${threads}`,
      );
      adapters.push(readFileSync((json.at(-1) as { adapterPath: string }).adapterPath));
    }
    const [first, second, twoThreads] = adapters as [Buffer, Buffer, Buffer];
    expect(second.equals(first)).toBe(true);
    expect(twoThreads.equals(first)).toBe(true);
    const other = await runLuthier(
      'train',
      recipePath,
      '--json',
      '--home',
      workspace.home,
      '--set',
      'training.seed=7',
    );
    expect(readFileSync((other.json.at(-1) as { adapterPath: string }).adapterPath).equals(first)).toBe(
      false,
    );
  });

  it('that is interrupted by Ctrl-C keeps its adapter and ends with 130', async () => {
    const running = startLuthier([
      'train',
      recipePath,
      '--json',
      '--home',
      workspace.home,
      '--set',
      'training.epochs=500',
    ]);
    await running.line(value => value['type'] === 'step');
    process.kill(running.child.pid ?? 0, 'SIGINT');
    const { code, json } = await running.finished;
    expect(code).toBe(130);
    const last = json.at(-1) as { status: string; adapterPath: string };
    expect(last).toMatchObject({ type: 'finished', status: 'stopped' });
    expect(readFileSync(last.adapterPath).toString('latin1', 0, 4)).toBe('GGUF');
  });
});

describe('kill -9', () => {
  it('on the trainer: the run fails with signal and last lines, and the parent lives on', async () => {
    let trainerPid = 0;
    const parts = openParts(join(workspace.directory, 'killed-trainer'), (entry, pid) => {
      if (entry === 'trainer') trainerPid = pid ?? 0;
    });
    const recipe = orThrow(parts.loadRecipe(recipePath, [{ key: 'training.epochs', value: '500' }]));
    const launched = orThrow(
      await launchRun(parts, recipe, {
        signal: never,
        onEvent: event => {
          if (event.type === 'step' && event.step === 3) process.kill(trainerPid, 'SIGKILL');
        },
      }),
    );
    const finished = await launched.finished;
    expect(finished).toMatchObject({
      status: 'failed',
      error: { code: 'process.died', remedy: expect.stringMatching(/^Resume the run/) },
    });
    expect(finished.steps).toBeGreaterThanOrEqual(3);
    const run = parts.store.show(launched.id);
    expect(run).toMatchObject({ status: 'failed', processExit: { signal: 'SIGKILL', exitCode: null } });
    expect(run?.processExit?.lastLines.join('\n')).toContain('step 3 of');
    const log = await runLuthier('runs', 'log', launched.id, '--home', parts.home);
    expect(log.stdout).toMatch(/begins, \d+ steps\n[\s\S]*step 3 of \d+, loss [\s\S]* failed\n$/);
    expect(run?.stepsDone).toBeGreaterThanOrEqual(3);

    const again = orThrow(await launchRun(parts, orThrow(parts.loadRecipe(recipePath)), { signal: never }));
    expect(await again.finished).toMatchObject({ status: 'completed' });
    parts.store.close();
  });

  it('on everything: the run is interrupted at the next start, and every committed step is there', async () => {
    const home = join(workspace.directory, 'killed-all');
    const running = startLuthier([
      'train',
      recipePath,
      '--json',
      '--home',
      home,
      '--set',
      'training.epochs=500',
    ]);
    const { id } = (await running.line(value => value['type'] === 'run')) as { id: string };
    await running.line(value => value['type'] === 'step' && Number(value['step']) >= 5);
    // Two flushes of the recorder later, the fifth step is committed.
    await new Promise(resolve => setTimeout(resolve, 600));
    process.kill(-(running.child.pid ?? 0), 'SIGKILL');
    const { json } = await running.finished;

    const parts = openParts(home);
    const run = parts.store.show(id);
    const { steps } = parts.store.steps(id, 0, 10_000);
    parts.store.close();
    expect(run).toMatchObject({ status: 'interrupted', error: { code: 'run.interrupted' } });
    expect(steps.length).toBeGreaterThanOrEqual(5);
    expect(steps.map(step => step.step)).toEqual(steps.map((_, i) => i + 1));
    const seen = new Map(
      (json as TrainingEvent[]).flatMap(event => (event.type === 'step' ? [[event.step, event.loss]] : [])),
    );
    for (const { step, loss } of steps) if (seen.has(step)) expect(loss).toBe(seen.get(step));
  });
});
