import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findModelFiles } from './find-model-files.ts';
import { modelPlaces } from './model-places.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'luthier-models-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function put(path: string, content = ''): string {
  mkdirSync(dirname(join(home, path)), { recursive: true });
  writeFileSync(join(home, path), content);
  return join(home, path);
}

async function find(chosen: readonly string[] = [], env: Record<string, string> = {}) {
  const places = modelPlaces({ platform: 'linux', home, env });
  // the folders of Ollama's service are outside of this test's home
  const own = { ...places, ollama: places.ollama.filter(folder => folder.startsWith(home)) };
  const files = await findModelFiles(own, chosen, new AbortController().signal);
  return files.map(({ path, name }) => [relative(home, path).replaceAll('\\', '/'), name]);
}

describe('findModelFiles', () => {
  it('finds what each program keeps, in the places where it keeps it', async () => {
    put('.lmstudio/models/publisher/model/a.gguf');
    put('.cache/lm-studio/models/publisher/model/b.GGUF');
    put('.cache/llama.cpp/c.gguf');
    put('jan/models/d/d.gguf');
    put('.config/Jan/data/llamacpp/models/e/model.gguf');
    put('.local/share/nomic.ai/GPT4All/f.gguf');
    put('.cache/huggingface/hub/models--o--r/snapshots/1/g.gguf');
    put('elsewhere/h.gguf');
    put('.lmstudio/models/publisher/model/README.md');
    expect(await find()).toEqual([
      ['.cache/huggingface/hub/models--o--r/snapshots/1/g.gguf', null],
      ['.cache/llama.cpp/c.gguf', null],
      ['.cache/lm-studio/models/publisher/model/b.GGUF', null],
      ['.config/Jan/data/llamacpp/models/e/model.gguf', null],
      ['.lmstudio/models/publisher/model/a.gguf', null],
      ['.local/share/nomic.ai/GPT4All/f.gguf', null],
      ['jan/models/d/d.gguf', null],
    ]);
  });

  it('names Ollama’s blobs after their manifests, and takes the model layer only', async () => {
    const digest = (letter: string) => letter.repeat(64);
    const manifest = (hash: string) =>
      JSON.stringify({
        layers: [
          { mediaType: 'application/vnd.ollama.image.template', digest: `sha256:${digest('b')}` },
          { mediaType: 'application/vnd.ollama.image.model', digest: `sha256:${hash}` },
        ],
      });
    for (const letter of ['a', 'b', 'c']) put(`.ollama/models/blobs/sha256-${digest(letter)}`);
    put('.ollama/models/manifests/registry.ollama.ai/library/gemma3/1b', manifest(digest('a')));
    put('.ollama/models/manifests/registry.ollama.ai/someone/tuned/latest', manifest(digest('c')));
    put('.ollama/models/manifests/registry.ollama.ai/library/gone/1b', manifest(digest('d')));
    put('.ollama/models/manifests/registry.ollama.ai/library/evil/1b', manifest('../../../etc/passwd'));
    put('.ollama/models/manifests/registry.ollama.ai/library/broken/1b', '{');
    expect(await find()).toEqual([
      [`.ollama/models/blobs/sha256-${digest('a')}`, 'gemma3:1b'],
      [`.ollama/models/blobs/sha256-${digest('c')}`, 'someone/tuned:latest'],
    ]);
  });

  it('lists a file once that has two names, and ends where folders contain themselves', async () => {
    const blob = put('hub/models--o--r/blobs/123');
    mkdirSync(join(home, 'hub/models--o--r/snapshots/1'), { recursive: true });
    symlinkSync(blob, join(home, 'hub/models--o--r/snapshots/1/x.gguf'));
    symlinkSync(join(home, 'hub'), join(home, 'hub/models--o--r/snapshots/again'));
    symlinkSync(join(home, 'nowhere'), join(home, 'hub/dangling.gguf'));
    expect(await find([join(home, 'hub')], { HF_HUB_CACHE: join(home, 'hub') })).toEqual([
      ['hub/models--o--r/snapshots/1/x.gguf', null],
    ]);
  });

  it('looks where environment variables point', async () => {
    put('one/a.gguf');
    put('two/hub/b.gguf');
    put('three/c.gguf');
    const env = {
      HF_HUB_CACHE: join(home, 'one'),
      HF_HOME: join(home, 'two'),
      LLAMA_CACHE: join(home, 'three'),
    };
    expect((await find([], env)).map(([path]) => path)).toEqual([
      'one/a.gguf',
      'three/c.gguf',
      'two/hub/b.gguf',
    ]);
  });
});
