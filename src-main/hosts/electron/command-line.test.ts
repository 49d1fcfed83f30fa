import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { commandLineIn, runCommandLine } from './command-line.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'luthier-cli-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

it('takes everything behind --cli, also what looks like a switch of the app', () => {
  expect(commandLineIn(['/opt/luthier', '--no-sandbox', '--cli', 'train', 'a.yaml', '--home', '/b'])).toEqual(
    [...['train', 'a.yaml', '--home', '/b']],
  );
  expect(commandLineIn(['/opt/luthier', 'a.yaml'])).toBeNull();
});

it('runs the built command line as Node, and gives its exit code', () => {
  writeFileSync(
    join(directory, 'cli.js'),
    `const { ELECTRON_RUN_AS_NODE, INIT_CWD } = process.env;
    const isRight = ELECTRON_RUN_AS_NODE === '1' && INIT_CWD === undefined && process.argv[2] === 'doctor';
    process.exit(isRight ? 7 : 1);`,
  );
  process.env['INIT_CWD'] = '/somewhere';
  expect(runCommandLine(['doctor'], directory)).toBe(7);
  delete process.env['INIT_CWD'];
  expect(runCommandLine(['other'], directory)).toBe(1);
});
