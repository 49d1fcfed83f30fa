import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { createReaderWorkspace } from './reader-workspace.ts';

const workspace = createReaderWorkspace();
afterAll(workspace.remove);

describe('text files', () => {
  it('give one example per paragraph, with the line where it begins', async () => {
    expect(await workspace.read('a.txt', 'one\r\ntwo, too\r\n\r\n \t\r\nthree\n')).toEqual([
      { row: 0, line: 1, ok: true, value: { text: 'one\ntwo, too' } },
      { row: 1, line: 5, ok: true, value: { text: 'three' } },
    ]);
  });

  it('may begin with a bracket', async () => {
    expect(await workspace.values('a.txt', '[1] A note.\n\n[Scene 2] {x}')).toEqual([
      { text: '[1] A note.' },
      { text: '[Scene 2] {x}' },
    ]);
  });
});

describe('gzip', () => {
  it.each([
    ['a.jsonl.gz', '{"a":1}\n{"a":2}\n', [{ a: 1 }, { a: 2 }]],
    ['a.json', '[{"a":1}]', [{ a: 1 }]],
    ['a.csv.gz', 'prompt,completion\nx,y\n', [{ prompt: 'x', completion: 'y' }]],
    ['a.txt.gz', 'x\n\ny', [{ text: 'x' }, { text: 'y' }]],
  ])('is unpacked by its content: %s', async (name, content, expected) => {
    expect(await workspace.values(name, gzipSync(content))).toEqual(expected);
  });

  it('that is cut off is named as damaged', async () => {
    const random = Array.from({ length: 5000 }, (_, i) => `{"a":"${(i * 7919) % 104729}"}`).join('\n');
    const packed = gzipSync(random);
    await expect(workspace.read('cut.jsonl.gz', packed.subarray(0, packed.length / 2))).rejects.toMatchObject(
      {
        coded: { code: 'data.damaged' },
      },
    );
  });

  it('that unpacks to far more than it holds is stopped', async () => {
    const bomb = gzipSync(Buffer.concat([Buffer.from('{"a":1}\n{"a":"'), Buffer.alloc(400 << 20, 'x')]));
    await expect(workspace.read('bomb.jsonl.gz', bomb)).rejects.toMatchObject({
      coded: { code: 'data.tooLarge' },
    });
  });

  it('inside gzip is refused', async () => {
    const twice = gzipSync(gzipSync('{"a":1}\n'));
    await expect(workspace.open('twice.jsonl.gz', twice)).rejects.toMatchObject({
      coded: { code: 'data.damaged' },
    });
  });
});

describe('files that hold no rows', () => {
  it.each([
    ['a.csv', 'PK\x03\x04\x14\x00\x06\x00', 'data.binary', 'zip archive'],
    ['a.jsonl', '%PDF-1.7\n', 'data.binary', 'PDF'],
    ['a.jsonl', 'GGUF\x03\0\0\0', 'data.binary', 'GGUF'],
    ['a.txt', 'ab\0cd', 'data.binary', 'binary'],
    [
      'a.jsonl',
      'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n',
      'data.lfsPointer',
      'Git LFS pointer',
    ],
    ['a.jsonl', '<!DOCTYPE html><html>', 'data.webPage', 'web page'],
    ['a.jsonl', ' \n\t\n', 'data.empty', 'no rows'],
    ['a.jsonl', '', 'data.empty', 'no rows'],
    ['a.json', '42', 'data.notADataset', 'single JSON value'],
    ['a.yaml', 'version: 1\nname: x\n', 'data.notADataset', 'not a dataset'],
  ])('%s beginning with %j is refused as %s', async (name, content, code, title) => {
    expect(await workspace.open(name, Buffer.from(content, 'latin1'))).toMatchObject({
      ok: false,
      error: { code, title: expect.stringContaining(title) },
    });
  });
});
