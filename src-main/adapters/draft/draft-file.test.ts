import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { draftFile } from './draft-file.ts';

let home = '';
beforeEach(() => {
  home = join(mkdtempSync(join(tmpdir(), 'luthier-draft-')), 'home');
});
afterEach(() => rmSync(join(home, '..'), { recursive: true, force: true }));

const draft = { recipe: { name: 'bow maker' }, path: null, parent: null };

it('gives back what was kept last, in a folder that is made for it, and counts', () => {
  expect(draftFile.read(home)).toEqual({ draft: null, revision: 0, windowId: null });
  expect(draftFile.keep(home, draft, 'a')).toBe(1);
  expect(draftFile.keep(home, { ...draft, path: '/r.yaml' }, 'b')).toBe(2);
  expect(draftFile.read(home)).toEqual({ draft: { ...draft, path: '/r.yaml' }, revision: 2, windowId: 'b' });
  expect(readdirSync(home)).toEqual(['draft.json']);
});

it.each(['{"draft": 3', '[]', '{"draft":{"recipe":1},"revision":4}'])(
  'begins anew where it holds %j, which is put aside',
  text => {
    draftFile.keep(home, draft, 'a');
    writeFileSync(join(home, 'draft.json'), text);
    expect(draftFile.read(home)).toEqual({ draft: null, revision: 0, windowId: null });
    expect(draftFile.keep(home, draft, 'a')).toBe(1);
    expect(readFileSync(join(home, 'draft.damaged.json'), 'utf8')).toBe(text);
  },
);
