import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { partialPath, removeLeftovers } from './leftovers.ts';

const directory = mkdtempSync(join(tmpdir(), 'luthier-leftovers-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function write(path: string): string {
  writeFileSync(path, 'unfinished');
  return path;
}

it('removes what dead processes left, and nothing of the living, nor whole files', () => {
  const { pid: dead } = spawnSync(process.execPath, ['-e', '']);
  write(join(directory, `a.luthdata.${dead}.partial`));
  write(join(directory, `b.luthdata.${process.ppid}.partial`));
  write(partialPath(join(directory, 'c.luthdata')));
  write(join(directory, 'd.luthdata'));
  write(join(directory, 'e.partial'));
  removeLeftovers(directory);
  expect(readdirSync(directory).sort()).toEqual([
    `b.luthdata.${process.ppid}.partial`,
    `c.luthdata.${process.pid}.partial`,
    'd.luthdata',
    'e.partial',
  ]);
});

it('removes what an earlier process of the same number left', () => {
  const path = write(partialPath(join(directory, 'old.luthdata')));
  utimesSync(path, 1, 1);
  removeLeftovers(directory);
  expect(readdirSync(directory)).not.toContain(`old.luthdata.${process.pid}.partial`);
});
