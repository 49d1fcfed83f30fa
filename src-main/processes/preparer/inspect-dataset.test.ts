/** Rows of all files must be there to be looked at, each under its own number. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { inspectDataset } from './inspect-dataset.ts';

const directory = mkdtempSync(join(tmpdir(), 'luthier-inspect-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const answered = (role: string) =>
  `${JSON.stringify({
    messages: [
      { role, content: 'Hi' },
      { role: 'assistant', content: 'Yes?' },
    ],
  })}\n`;

function write(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

const inspect = (...paths: string[]) =>
  inspectDataset({ kind: 'inspect', paths }, {
    signal: new AbortController().signal,
    reportProgress: () => undefined,
  } as never);

it('counts rows, roles, repetitions and problems through all files', async () => {
  const a = write('a.jsonl', answered('user').repeat(2));
  const b = write('b.jsonl', `${answered('customer')}{broken\n${answered('user')}`);
  const inspected = await inspect(a, b);
  expect(inspected).toMatchObject({
    ok: true,
    value: {
      rows: 5,
      files: [
        { path: a, rows: 2 },
        { path: b, rows: 3 },
      ],
      roles: { user: 3, customer: 1, assistant: 4 },
      problems: [
        { row: 2, line: 1, code: 'row.message' },
        { row: 3, line: 2 },
      ],
      warnings: [{ code: 'data.duplicates', count: 2 }],
    },
  });
});

it('names the file that cannot be read, where there are several', async () => {
  const a = write('c.jsonl', answered('user'));
  const none = join(directory, 'none.jsonl');
  const cause = async (...paths: string[]) => {
    try {
      const inspected = await inspect(...paths);
      return inspected.ok ? '' : inspected.error.cause;
    } catch (thrown) {
      return String(thrown);
    }
  };
  expect(await cause(a, write('empty.jsonl', ''))).toMatch(/^empty\.jsonl: /);
  expect(await cause(a, none)).toContain('none.jsonl');
});
