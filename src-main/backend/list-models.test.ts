import { describe, expect, it } from 'vitest';
import { fail, ok } from '../../src-shared/contract/coded-error.ts';
import { listModels } from './list-models.ts';
import type { DatasetPreparer, ModelFinder } from './ports.ts';

const facts = {
  architecture: 'llama',
  name: 'Named',
  parameters: 10,
  quantization: 'F16',
  contextLength: 0,
  untrainableReason: null,
};

function finderOf(paths: readonly string[]): ModelFinder {
  return { find: async () => paths.map(path => ({ path, name: null })) };
}

/** A preparer whose process ends where the file of that name is among those it is given. */
function preparerThatDiesAt(fatal: string, asked: string[][]): DatasetPreparer {
  return {
    inspectModels: async (paths: readonly string[]) => {
      asked.push([...paths]);
      return paths.includes(fatal)
        ? fail({ code: 'process.died', title: 'It ended.', cause: 'signal SIGSEGV', remedy: '' })
        : ok(paths.map(() => ({ facts })));
    },
  } as Partial<DatasetPreparer> as DatasetPreparer;
}

describe('listModels', () => {
  it('still lists the others where one file ends the process that reads it', async () => {
    const asked: string[][] = [];
    const models = await listModels(
      finderOf(['/m/a.gguf', '/m/b.gguf', '/m/c.gguf', '/m/d.gguf', '/m/e.gguf']),
      preparerThatDiesAt('/m/d.gguf', asked),
      [],
      { signal: new AbortController().signal },
    );
    expect(models.map(({ path, trainable }) => [path, trainable])).toEqual([
      ['/m/a.gguf', true],
      ['/m/b.gguf', true],
      ['/m/c.gguf', true],
      ['/m/d.gguf', false],
      ['/m/e.gguf', true],
    ]);
    expect(models[3]).toMatchObject({ name: 'd', architecture: null, reason: 'It ended. signal SIGSEGV' });
    expect(asked).toEqual([
      ['/m/a.gguf', '/m/b.gguf', '/m/c.gguf', '/m/d.gguf', '/m/e.gguf'],
      ['/m/a.gguf', '/m/b.gguf', '/m/c.gguf'],
      ['/m/d.gguf', '/m/e.gguf'],
      ['/m/d.gguf'],
      ['/m/e.gguf'],
    ]);
  });

  it('starts no process where there is no file, and says null for a context that is not given', async () => {
    const asked: string[][] = [];
    const preparer = preparerThatDiesAt('', asked);
    const signal = new AbortController().signal;
    expect(await listModels(finderOf([]), preparer, [], { signal })).toEqual([]);
    expect(asked).toEqual([]);
    expect(
      (await listModels(finderOf(['/m/a.gguf']), preparer, [], { signal }))[0]?.contextLength,
    ).toBeNull();
  });
});
