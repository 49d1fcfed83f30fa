/** Which paths give which file, and that none gives a file outside. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readPageFile } from './page-files.ts';

let parent: string;
let directory: string;

beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'luthier-page-'));
  directory = join(parent, 'renderer');
  await mkdir(join(directory, 'assets'), { recursive: true });
  await mkdir(join(parent, 'renderer-secret'));
  await writeFile(join(parent, 'secret.txt'), 'secret');
  await writeFile(join(parent, 'renderer-secret', 'key.txt'), 'secret');
  await writeFile(join(directory, '.env'), 'secret');
  await writeFile(join(directory, 'index.html'), 'the page');
  await writeFile(join(directory, 'icon.svg'), '<svg/>');
  await writeFile(join(directory, 'assets', 'index-Bx3kT9aQ.js'), 'code');
  await symlink(join(parent, 'secret.txt'), join(directory, 'link.txt'));
  await symlink(join(parent, 'renderer-secret'), join(directory, 'sibling'));
});
afterAll(() => rm(parent, { recursive: true }));

async function textAt(path: string): Promise<string> {
  const file = await readPageFile(directory, path);
  return file.kind === 'file' ? new TextDecoder().decode(file.bytes) : file.kind;
}

it.each(['/', '/index.html', '/runs', '/runs/7', '/runs/7/', '/assets'])(
  'gives the page at %s',
  async path => {
    expect(await textAt(path)).toBe('the page');
  },
);

it.each(['/gone.js', '/assets/gone-Bx3kT9aQ.css', '/index.html/below.js', `/${'a'.repeat(300)}.js`])(
  'misses %s',
  async path => {
    expect(await textAt(path)).toBe('missing');
  },
);

it.each([
  '/../secret.txt',
  '/%2e%2e/secret.txt',
  '/..%2fsecret.txt',
  '/assets/../../secret.txt',
  '/%2e%2e%2fsecret.txt',
  '/..\\secret.txt',
  '/..%5csecret.txt',
  '/%2e%2e/renderer-secret/key.txt',
  '//etc/passwd',
  '/c:/windows/win.ini',
  '/.env',
  '/link.txt',
  '/sibling/key.txt',
  '/a%00.txt',
  '/%',
  '/%ff',
  'no-slash',
  '',
])('refuses %j', async path => {
  expect(await textAt(path)).toBe('refused');
});

it('does not take a doubly encoded path for the path it encodes', async () => {
  expect(await textAt('/%252e%252e%252fsecret.txt')).toBe('missing');
});

it('tells types, and caches for good only what has a hash in its name', async () => {
  const headersAt = async (path: string) => {
    const file = await readPageFile(directory, path);
    return file.kind === 'file' ? file.headers : null;
  };
  expect(await headersAt('/assets/index-Bx3kT9aQ.js')).toEqual({
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'private, max-age=31536000, immutable',
  });
  expect(await headersAt('/runs/7')).toEqual({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
  });
  expect(await headersAt('/icon.svg')).toEqual({
    'content-type': 'image/svg+xml',
    'cache-control': 'no-cache',
  });
});

it('misses everything where nothing has been built', async () => {
  expect(await readPageFile(join(parent, 'nowhere'), '/')).toEqual({ kind: 'missing' });
});
