import { afterAll, expect, it } from 'vitest';
import { allRuns } from '../src-main/adapters/sqlite/history-fixture.ts';
import { createBackendFace } from '../src-main/backend/create-backend-face.ts';
import { openParts } from './backend.ts';
import { conversation, createWorkspace, demoModel } from './luthier-process.ts';

const workspace = createWorkspace('queue-parents');
afterAll(workspace.remove);

const never = new AbortController().signal;
const data = workspace.write(
  'rows.jsonl',
  conversation(['user', 'Where is the fox?'], ['assistant', 'In the wood.']).repeat(8),
);
const recipe = (name: string, maxSteps: number) => ({
  version: 1,
  name,
  model: { path: demoModel },
  dataset: { path: data, validation: 'none' },
  training: { maxSteps, warmupSteps: 0, batchSize: 1, gradientAccumulationSteps: 1 },
});

it('what waits in the queue keeps its parent: a clone, and a run again that is compared at its end', async () => {
  const parts = openParts(workspace.home);
  const face = createBackendFace(parts);
  const call = async (procedure: string, input: object) => {
    const answer = await face.call(procedure, input, never);
    if (!answer.ok) throw new Error(answer.error.cause);
    return answer.value as { id: string };
  };
  const overs = new Map<string, () => void>();
  const isOver = (name: string) => new Promise<void>(resolve => overs.set(name, resolve));
  const subscribed = face.subscribe('runs.changed', {}, () => {
    for (const run of allRuns(parts.store)) if (run.status !== 'running') overs.get(run.name)?.();
  });
  expect(subscribed.ok).toBe(true);

  const first = isOver('first');
  const { id } = await call('runs.start', { kind: 'draft', recipe: recipe('first', 3) });
  await first;
  const endless = await call('runs.start', { kind: 'draft', recipe: recipe('endless', 1_000_000) });
  const cloned = isOver('clone');
  const parent = { kind: 'cloned', id };
  await call('queue.add', { kind: 'again', id });
  await call('queue.add', { kind: 'draft', recipe: recipe('clone', 2), parent });
  expect(allRuns(parts.store)).toHaveLength(2);
  await call('runs.stop', { id: endless.id });
  await cloned;

  const runs = allRuns(parts.store);
  expect(runs.find(({ name }) => name === 'clone')?.parent).toEqual(parent);
  const again = runs.find(run => run.parent?.kind === 'again');
  expect(parts.store.show(again?.id ?? '')).toMatchObject({
    name: 'first',
    parent: { kind: 'again', id },
    repetition: { adapter: { kind: 'same' }, steps: { compared: 3, firstDifferent: null } },
  });
  await face.close();
});
