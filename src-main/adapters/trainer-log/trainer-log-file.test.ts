/** The log of a run's trainers must keep what was written last, over several trainers, and must never grow without end. */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openTrainerLog, trainerLogs } from './trainer-log-file.ts';

const root = mkdtempSync(join(tmpdir(), 'luthier-trainer-log-'));
afterAll(() => rmSync(root, { recursive: true }));

test('a second trainer goes on behind the first, in a folder that is made for it', () => {
  const directory = join(root, 'new', 'run');
  for (const text of ['begins\nste', 'p 1\n']) {
    const log = trainerLogs.open(directory);
    log.add(text);
    log.close();
    log.add('too late');
    log.close();
  }
  expect(trainerLogs.read(directory)).toEqual({
    path: join(directory, 'trainer.log'),
    lines: ['begins', 'step 1'],
    isCut: false,
  });
});

test('a long log keeps its newest lines, whole', () => {
  const directory = join(root, 'long');
  for (let part = 0; part < 40; part++) {
    const log = openTrainerLog(directory, 1000);
    for (let i = 0; i < 5; i++) log.add(`step ${part * 5 + i} of 200\n`);
    log.close();
  }
  const path = join(directory, 'trainer.log');
  expect(statSync(path).size).toBeLessThanOrEqual(1000);
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  expect(lines.at(-1)).toBe('step 199 of 200');
  expect(lines).toEqual(lines.map((_, i) => `step ${200 - lines.length + i} of 200`));
});

test('only the end of a long file is read', () => {
  const directory = join(root, 'read');
  const log = trainerLogs.open(directory);
  log.add(Array.from({ length: 20_000 }, (_, i) => `line ${i}\n`).join(''));
  log.close();
  const { lines, isCut } = trainerLogs.read(directory);
  expect(isCut).toBe(true);
  expect(lines.at(-1)).toBe('line 19999');
  expect(lines[0]).toBe(`line ${20_000 - lines.length}`);
  expect(lines.length).toBeLessThan(8000);
});

test('a run without a log has none, and a place that takes no file ends the log alone', () => {
  expect(trainerLogs.read(join(root, 'nowhere'))).toEqual({ path: null, lines: [], isCut: false });
  const file = join(root, 'a-file');
  writeFileSync(file, '');
  const log = trainerLogs.open(join(file, 'run'));
  log.add('text\n');
  log.close();
  expect(existsSync(join(file, 'run'))).toBe(false);
});
