/** A remembered window comes back where it was, or at a sane place where that is gone. */
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readWindowPlacement, writeWindowState } from './window-state.ts';

const DEFAULT = { bounds: { width: 1280, height: 840 }, isMaximized: false };
const SCREEN = { x: 0, y: 0, width: 1920, height: 1040 };
const bounds = { x: 200, y: 100, width: 1400, height: 900 };

let directory: string;
let file: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'luthier-window-'));
  file = join(directory, 'window.json');
});
afterEach(() => rm(directory, { recursive: true }));

it('gives back what was written, and leaves no other file', async () => {
  writeWindowState(file, { bounds, isMaximized: true });
  writeWindowState(file, { bounds, isMaximized: false });
  expect(readWindowPlacement(file, [SCREEN])).toEqual({ bounds, isMaximized: false });
  expect(await readdir(directory)).toEqual(['window.json']);
});

it('centres a default window where nothing was written', () => {
  expect(readWindowPlacement(file, [SCREEN])).toEqual(DEFAULT);
});

it.each([
  '',
  '{',
  'null',
  '{}',
  '{"bounds":{"x":0,"y":0,"width":10,"height":10},"isMaximized":false}',
  '{"bounds":{"x":0,"y":0,"width":99999,"height":900},"isMaximized":false}',
  '{"bounds":{"x":0.5,"y":0,"width":1400,"height":900},"isMaximized":false}',
  '{"bounds":{"x":"0","y":0,"width":1400,"height":900},"isMaximized":false}',
])('centres a default window where the file holds %s', async text => {
  await writeFile(file, text);
  expect(readWindowPlacement(file, [SCREEN])).toEqual(DEFAULT);
});

it.each([
  ['on a monitor that was unplugged', { x: 2100, y: 100 }],
  ['left of the screen but for a sliver', { x: -1400 + 119, y: 100 }],
  ['with its title bar above the screen', { x: 200, y: -20 }],
  ['with its title bar below the screen', { x: 200, y: 1010 }],
])('does not believe a window %s', (_, position) => {
  writeWindowState(file, { bounds: { ...bounds, ...position }, isMaximized: true });
  expect(readWindowPlacement(file, [SCREEN])).toEqual({ ...DEFAULT, isMaximized: true });
});

it('believes a window that can still be dragged, on any screen', () => {
  const second = { x: 1920, y: 0, width: 1920, height: 1040 };
  for (const position of [
    { x: -1400 + 120, y: 1000 },
    { x: 2100, y: 0 },
  ]) {
    const placed = { ...bounds, ...position };
    writeWindowState(file, { bounds: placed, isMaximized: false });
    expect(readWindowPlacement(file, [SCREEN, second])).toEqual({ bounds: placed, isMaximized: false });
  }
});

it('keeps the old state whole, and does not throw, where it cannot write', async () => {
  writeWindowState(file, { bounds, isMaximized: false });
  const before = await readFile(file, 'utf8');
  writeWindowState(join(directory, 'gone', 'window.json'), { bounds, isMaximized: true });
  await chmod(file, 0o444);
  expect(await readFile(file, 'utf8')).toBe(before);
});
