/** A finished run of the demo for tests that begin with one: trained once for each build, and copied from there. */
import { createHash } from 'node:crypto';
import { cpSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { underLock } from '../scripts/under-lock.mjs';
import { importRuns } from '../src-main/backend/history/import-runs.ts';
import { orThrow } from '../src-shared/contract/coded-error.ts';
import type { FinishedEvent } from '../src-shared/domain/training.ts';
import { openParts } from './backend.ts';
import { root, runLuthier } from './luthier-process.ts';

export interface DemoRun {
  /** To be imported: its history names files by where they lay while it was trained. */
  readonly home: string;
  readonly id: string;
  readonly finished: FinishedEvent;
}

/** What the demo printed, beside its data folder. */
const EVENTS = 'events.jsonl';

/** Trains it where this build has not yet; who asks meanwhile waits. */
export async function demoRun(): Promise<DemoRun> {
  const folder = join(root, 'build', 'test-runs', `demo-${hashOfBuild()}`);
  await underLock(`${folder}.lock`, () => trainInto(folder));
  const events = readFileSync(join(folder, EVENTS), 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line));
  return { home: join(folder, 'home'), id: events[0].id, finished: events.at(-1) };
}

/** Takes the run, with its prepared dataset, into another data folder, as `luthier runs import` does. Gives its id. */
export async function addDemoRun(home: string): Promise<string> {
  const demo = await demoRun();
  const parts = openParts(home);
  try {
    const { signal } = new AbortController();
    const report = orThrow(await importRuns(parts, demo.home, { signal }));
    if (report.imported.length !== 1) throw new Error(JSON.stringify(report));
  } finally {
    parts.queue.close();
    parts.store.close();
  }
  cpSync(join(demo.home, 'cache'), join(home, 'cache'), { recursive: true, preserveTimestamps: true });
  return demo.id;
}

function hashOfBuild(): string {
  const hash = createHash('sha256');
  for (const stamp of [join('out', '.stamp'), join('build', 'native', 'build.stamp')])
    hash.update(readFileSync(join(root, stamp)));
  for (const file of ['base.gguf', 'train.jsonl', 'heldout.jsonl'])
    hash.update(readFileSync(join(root, 'resources', 'demo', file)));
  return hash.digest('hex').slice(0, 16);
}

async function trainInto(folder: string): Promise<void> {
  if (existsSync(folder)) return;
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  const { code, stdout, stderr } = await runLuthier('demo', '--json', '--home', join(partial, 'home'));
  if (code !== 0) throw new Error(`The demo ended with ${code}:\n${stderr}`);
  writeFileSync(join(partial, EVENTS), stdout);
  renameSync(partial, folder);
}
