/** Damage of several kinds, made on real files: what is set aside stays, what can be read is there again. */
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { orThrow } from '../../../src-shared/contract/coded-error.ts';
import type { StepMetric } from '../../../src-shared/domain/training.ts';
import { allRuns, emptyHistory, ended, newRun, nothing } from './history-fixture.ts';
import { openHistory } from './open-history.ts';

const PAGE = 4096;
const RUNS = 12;
const STEPS = 900;
const NOW = new Date('2026-03-04T05:06:07.000Z');

let history: ReturnType<typeof emptyHistory>;
beforeEach(() => {
  history = emptyHistory();
  for (let i = 0; i < RUNS; i++) {
    const id = `run-${i}`;
    history.store.create(newRun(id, { name: `Run ${i}`, plannedSteps: STEPS }));
    history.store.record(id, { ...nothing, steps: stepsOf(i), warnings: [{ code: 'w', message: id }] }, 't');
    history.store.finish(id, { ...ended, status: 'completed' });
  }
  history.store.close();
});
afterEach(() => history.remove());

function stepsOf(run: number): StepMetric[] {
  return Array.from({ length: STEPS }, (_, i) => ({
    step: i + 1,
    epoch: (i + 1) / STEPS,
    loss: run + 1 / (i + 1),
    learningRate: 0.001,
    gradNorm: 1,
    trainableTokens: 2,
    tokens: 3,
    tokensPerSecond: 10,
    memoryBytes: 1000,
    elapsedMs: i + 1,
  }));
}

function overwrite(offset: number, bytes: Uint8Array): void {
  const file = openSync(history.path, 'r+');
  writeSync(file, bytes, 0, bytes.length, offset);
  closeSync(file);
}

function open() {
  const opened = openHistory(history.path, NOW);
  if (!opened.ok) throw new Error(opened.error.cause);
  const { store, salvage } = opened.value;
  const runs = allRuns(store).map(run => ({ ...run, details: store.show(run.id) }));
  store.close();
  return { runs, salvage };
}

/** Everything that is there is as it was, and belongs together. */
function expectTrue({ runs }: ReturnType<typeof open>): void {
  for (const { id, name, stepsDone, lastLoss, details } of runs) {
    const place = Number(id.slice(4));
    expect(name).toBe(`Run ${place}`);
    const expected = stepsOf(place)[stepsDone - 1]?.loss ?? null;
    expect(lastLoss).toBe(expected);
    expect(details).toMatchObject({ id, name });
  }
}

describe('a history', () => {
  it('that is whole is opened as it is, and nothing is set aside', () => {
    const { runs, salvage } = open();
    expect(salvage).toBeNull();
    expect(runs).toHaveLength(RUNS);
    expect(readdirSync(history.directory).filter(name => name.includes('damaged'))).toEqual([]);
  });

  it('that was cut off keeps the runs of the part that is left', () => {
    truncateSync(history.path, Math.floor(statSync(history.path).size / PAGE / 2) * PAGE);
    const opened = open();
    const setAside = join(history.directory, 'history.sqlite.damaged-20260304T050607');
    expect(opened.salvage).toMatchObject({ setAside, runs: opened.runs.length });
    expect(existsSync(setAside)).toBe(true);
    expect(opened.runs.length).toBeGreaterThan(0);
    expectTrue(opened);
    expect(open()).toEqual({ ...opened, salvage: null });
  });

  it('with pages of noise loses what stood in them, and nothing else', () => {
    const pages = Math.floor(statSync(history.path).size / PAGE);
    const noise = Uint8Array.from({ length: PAGE }, (_, i) => (i * 73 + 19) % 256);
    for (const share of [0.45, 0.6, 0.75]) overwrite(Math.floor(pages * share) * PAGE, noise);
    const opened = open();
    expect(opened.salvage?.damage).not.toBe('');
    expect(opened.runs).toHaveLength(RUNS);
    expect(opened.salvage?.steps).toBeGreaterThan((RUNS * STEPS) / 2);
    expect(opened.salvage?.steps).toBeLessThan(RUNS * STEPS);
    expectTrue(opened);
  });

  it.each(Array.from({ length: 8 }, (_, i) => i))(
    'with bytes flipped in page after page opens, and tells no untruth (%i)',
    seed => {
      const pages = Math.floor(statSync(history.path).size / PAGE);
      for (let page = 2 + seed; page < pages; page += 8) {
        const byte = readFileSync(history.path)[page * PAGE + 3] ?? 0;
        overwrite(page * PAGE + 3, Uint8Array.of(byte ^ 0xff));
      }
      expectTrue(open());
    },
  );

  it('with a beginning of noise is set aside whole, and an empty one takes its place', () => {
    overwrite(
      0,
      Uint8Array.from({ length: PAGE }, (_, i) => (i * 31 + 7) % 256),
    );
    const before = readFileSync(history.path);
    const { runs, salvage } = open();
    expect(runs).toEqual([]);
    expect(readFileSync(salvage?.setAside ?? '').equals(before)).toBe(true);
  });

  it('that is no database is set aside', () => {
    writeFileSync(history.path, 'These are not the rows that you look for.\n'.repeat(100));
    expect(open()).toMatchObject({ runs: [], salvage: { runs: 0, steps: 0 } });
  });

  it('is set aside under a name that is free', () => {
    for (const name of ['', '-2']) {
      writeFileSync(history.path, 'no database'.repeat(100));
      expect(open().salvage?.setAside).toMatch(new RegExp(`T050607${name}$`));
    }
  });

  it('is left alone while another process has it open', () => {
    const other = openHistory(history.path, NOW);
    if (!other.ok) throw new Error(other.error.cause);
    const pages = Math.floor(statSync(history.path).size / PAGE);
    allRuns(other.value.store);
    overwrite(Math.floor(pages * 0.6) * PAGE, new Uint8Array(PAGE).fill(7));
    expect(openHistory(history.path, NOW)).toMatchObject({
      ok: false,
      error: { code: 'history.unreadable' },
    });
    other.value.store.close();
    expect(open().salvage).not.toBeNull();
  });

  it('in which damage was met is checked at the next start', () => {
    const { store } = orThrow(openHistory(history.path, NOW));
    const steps = new Database(history.path);
    const page = Number(
      steps.prepare("SELECT rootpage FROM sqlite_master WHERE name = 'steps'").pluck().get(),
    );
    steps.close();
    overwrite((page - 1) * PAGE, new Uint8Array(PAGE).fill(7));
    expect(() => store.record('run-0', { ...nothing, steps: stepsOf(0) }, 't')).toThrow();
    store.close();
    expect(existsSync(`${history.path}.suspect`)).toBe(true);
    expect(open()).toMatchObject({ salvage: { runs: RUNS, steps: 0 } });
    expect(existsSync(`${history.path}.suspect`)).toBe(false);
  });
});
