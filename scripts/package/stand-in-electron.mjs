// A folder laid out like an unpacked Electron, where Electron's archive cannot be had: the same configuration can be
// packed over it and looked at, but its program does nothing.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../setup.mjs';

/** Where Electron keeps its fuses: this text, the wire's version, its length, and a character for each fuse. */
export const FUSE_SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
const UNSET_FUSES = '00000000';

/** Makes the folder and returns its path. Linux and Windows only: macOS' program is a bundle. */
export function makeStandInElectron(platform) {
  const folder = join(root, 'build', 'stand-in-electron');
  const { version } = JSON.parse(
    readFileSync(join(root, 'node_modules', 'electron', 'package.json'), 'utf8'),
  );
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'resources'), { recursive: true });
  mkdirSync(join(folder, 'locales'), { recursive: true });
  const program = Buffer.concat([
    Buffer.from('#!/bin/sh\necho "This is no Electron, only its place." >&2\nexit 1\n'),
    Buffer.from(FUSE_SENTINEL),
    Buffer.from([1, UNSET_FUSES.length]),
    Buffer.from(UNSET_FUSES),
  ]);
  writeFileSync(join(folder, platform === 'win32' ? 'electron.exe' : 'electron'), program, { mode: 0o755 });
  writeFileSync(join(folder, 'chrome-sandbox'), '');
  writeFileSync(join(folder, 'version'), version);
  writeFileSync(join(folder, 'LICENSE'), '');
  writeFileSync(join(folder, 'LICENSES.chromium.html'), '');
  for (const name of ['en-US', 'de']) writeFileSync(join(folder, 'locales', `${name}.pak`), '');
  return folder;
}
