/** `luthier models`: what is found, and that no file ends more than its own line. */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ListedModel } from '../src-shared/domain/inspection.ts';
import { root, sharedData, startLuthier } from './luthier-process.ts';

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'luthier-models-'));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** The models below a folder, on a machine where no other program keeps any. */
async function listed(...folders: string[]): Promise<readonly ListedModel[]> {
  const nowhere = {
    HOME: home,
    USERPROFILE: home,
    XDG_CACHE_HOME: '',
    HF_HOME: '',
    HF_HUB_CACHE: '',
    LLAMA_CACHE: '',
    OLLAMA_MODELS: '',
  };
  const run = startLuthier(['models', ...folders, '--json', '--home', join(home, 'data')], nowhere);
  const { code, json, stderr } = await run.finished;
  expect([code, stderr.split('\n').filter(line => line.includes('rror'))]).toEqual([0, []]);
  return (json[0] as { models: ListedModel[] }).models;
}

describe('luthier models', () => {
  it('finds nothing where there is nothing, and says how to name a folder', async () => {
    expect(await listed()).toEqual([]);
  });

  it('finds what another program keeps', async () => {
    const folder = join(home, '.lmstudio', 'models', 'someone', 'something');
    mkdirSync(folder, { recursive: true });
    const source = join(root, 'src-native', 'test', 'fixtures', 'gradients', 'gemma3', 'model.gguf');
    copyFileSync(source, join(folder, 'gemma.gguf'));
    const [found, ...others] = await listed();
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      name: 'gemma',
      architecture: 'gemma3',
      quantization: 'F32',
      contextLength: 128,
      trainable: true,
      reason: null,
    });
    rmSync(join(home, '.lmstudio'), { recursive: true });
  });

  it('refuses a folder that is none', async () => {
    const { code, json } = await startLuthier([
      'models',
      join(home, 'absent'),
      '--json',
      '--home',
      join(home, 'data'),
    ]).finished;
    expect(code).not.toBe(0);
    expect(json[0]).toMatchObject({ error: { code: 'arguments.notReadable' } });
  });

  interface HostileCase {
    readonly file: string;
    readonly kind: string;
    readonly expect: string;
  }
  const index = join(sharedData, 'hostile', 'index.json');
  it.skipIf(!existsSync(index))('refuses or accepts every hostile file as its index says', async () => {
    const { cases } = JSON.parse(readFileSync(index, 'utf8')) as { cases: HostileCase[] };
    const models = await listed(join(sharedData, 'hostile', 'gguf'), join(sharedData, 'hostile', 'lora'));
    const verdicts = new Map(models.map(model => [basename(model.path), model]));
    const files = cases.filter(({ kind }) => kind === 'gguf' || kind === 'lora');
    expect(models).toHaveLength(files.length);
    for (const { file, kind, expect: wanted } of files) {
      const model = verdicts.get(basename(file));
      expect([file, model?.reason === null]).toEqual([file, model?.trainable]);
      // what is damaged at random (guard) may be refused or not
      if (kind === 'gguf' && wanted !== 'guard') {
        expect([file, model?.trainable]).toEqual([file, wanted !== 'reject']);
      }
      // an adapter is no model; one of the files is a model in an adapter's place
      if (kind === 'lora') {
        expect([file, model?.trainable]).toEqual([file, file.endsWith('base_model_as_adapter.gguf')]);
      }
    }
  });
});
