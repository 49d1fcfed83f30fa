import { afterAll, describe, expect, it } from 'vitest';
import { createWorkspace, demoModel, type Running, startLuthier } from './luthier-process.ts';

const workspace = createWorkspace('queue');
const open: Running[] = [];
/** Hears what a process says while it runs. */
function said(running: Running): () => string {
  let text = '';
  running.child.stderr?.on('data', (chunk: string) => {
    text += chunk;
  });
  return () => text;
}
afterAll(async () => {
  for (const { child, finished } of open) {
    child.kill('SIGTERM');
    await finished;
  }
  workspace.remove();
});

const row = JSON.stringify({
  messages: [
    { role: 'user', content: 'Which wood is the top of a lute?' },
    { role: 'assistant', content: 'Spruce.' },
  ],
});
const data = workspace.write('rows.jsonl', `${row}\n`.repeat(8));

function train(name: string, steps: number, ...more: string[]): Running {
  const recipe = workspace.write(
    `${name}.luthier.yaml`,
    JSON.stringify({
      version: 1,
      name,
      model: { path: demoModel },
      dataset: { path: data },
      training: { maxSteps: steps, batchSize: 1, gradientAccumulationSteps: 1 },
    }),
  );
  const running = startLuthier(['train', recipe, '--json', '--home', workspace.home, ...more]);
  open.push(running);
  return running;
}

describe('`luthier train --wait`', () => {
  it('starts when the run of another process is over, and not before', async () => {
    const first = train('first', 1_000_000);
    await first.line(event => event['type'] === 'step');
    const second = train('second', 2, '--wait');
    const saidBySecond = said(second);
    await expect.poll(saidBySecond, { timeout: 30_000 }).toContain('Waits for the run first.');
    first.child.kill('SIGINT');
    const [ended, waited] = await Promise.all([first.finished, second.finished]);
    expect(ended.code).toBe(130);
    expect(waited.code).toBe(0);
    expect(waited.json.at(-1)).toMatchObject({ type: 'finished', status: 'completed', steps: 2 });
  }, 120_000);

  it('gives its place up when it is interrupted', async () => {
    const first = train('first', 1_000_000);
    await first.line(event => event['type'] === 'step');
    const second = train('second', 2, '--wait');
    const saidBySecond = said(second);
    await expect.poll(saidBySecond, { timeout: 30_000 }).toContain('Waits for');
    second.child.kill('SIGINT');
    expect((await second.finished).code).toBe(130);
    const third = train('third', 2, '--wait');
    const saidByThird = said(third);
    await expect.poll(saidByThird, { timeout: 30_000 }).toContain('Waits for the run first.');
    first.child.kill('SIGINT');
    expect((await third.finished).code).toBe(0);
  }, 120_000);
});
