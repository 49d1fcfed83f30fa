import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { orThrow } from '../../../src-shared/contract/coded-error.ts';
import { type AdapterContent, encodeAdapterGguf } from './adapter-gguf.ts';
import { readPeftAdapter } from './peft-adapter.ts';
import { readAdapterGguf } from './read-adapter-gguf.ts';
import { readSafetensors } from './safetensors.ts';
import { encodePeftAdapter } from './write-peft-adapter.ts';

/** By PEFT, and the same adapter converted by llama.cpp's own converter. */
const fixtures = join(import.meta.dirname, 'fixtures');
const llama = { architecture: 'llama', heads: 4, keyValueHeads: 2 };

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'luthier-write-peft-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function readGguf(path: string): AdapterContent {
  const adapter = readAdapterGguf(path);
  if (typeof adapter === 'string') throw new Error(adapter);
  return adapter;
}

function write(adapter: AdapterContent, model: typeof llama): Record<string, unknown> {
  for (const { name, bytes } of orThrow(encodePeftAdapter(adapter, model, 'base')))
    writeFileSync(join(folder, name), bytes);
  return JSON.parse(orThrow(encodePeftAdapter(adapter, model, 'base'))[0]?.bytes.toString('utf8') ?? '');
}

describe('writing PEFT', () => {
  it('gives back what PEFT itself had written, from what llama.cpp’s converter made of it', () => {
    const config = write(readGguf(join(fixtures, 'converted.gguf')), llama);
    const expected = readSafetensors(join(fixtures, 'adapter_model.safetensors'));
    const found = readSafetensors(join(folder, 'adapter_model.safetensors'));
    if (typeof expected === 'string' || typeof found === 'string') throw new Error('A file is damaged.');
    expect(new Map([...found].sort())).toEqual(new Map([...expected].sort()));
    // The converter keeps lora_alpha as it stands, which llama.cpp divides by the rank; rsLoRA it ignores.
    expect(config).toMatchObject({ r: 2, lora_alpha: 6, use_rslora: false, layers_to_transform: [0, 1] });
  });

  it.each(['llama', 'granite', 'qwen2', 'gemma3', 'phi3'])(
    'is read again without a change: %s',
    architecture => {
      const converted = readGguf(join(fixtures, 'converted.gguf'));
      const isFused = architecture === 'phi3';
      const matrices = converted.matrices.filter(({ name }) => !isFused || /ffn_(up|down)|output/.test(name));
      const adapter = { ...converted, architecture, matrices };
      const model = { ...llama, architecture };
      const config = write(adapter, model);
      const again = orThrow(readPeftAdapter(folder, model));
      const byName = ({ matrices: all }: AdapterContent) =>
        new Map(all.map(({ name, ...rest }) => [name, rest]));
      expect(byName(again)).toEqual(byName(adapter));
      expect(again.alpha).toBe(adapter.alpha);
      if (isFused) expect(config['target_modules']).toEqual(['down_proj', 'gate_up_proj', 'o_proj']);
    },
  );

  it('refuses an architecture, a module and ranks that it would have to guess', () => {
    const converted = readGguf(join(fixtures, 'converted.gguf'));
    const refusal = { ok: false, error: { code: 'export.unsupported' } };
    const starcoder = { ...llama, architecture: 'starcoder2' };
    expect(encodePeftAdapter(converted, starcoder, 'base')).toMatchObject(refusal);
    const [first, ...rest] = converted.matrices;
    if (!first) throw new Error('There are no matrices.');
    const renamed = [
      { ...first, name: first.name.replace(/attn_q|attn_k|attn_v|attn_output|ffn_\w+/, 'ssm_in') },
      ...rest,
    ];
    expect(encodePeftAdapter({ ...converted, matrices: renamed }, llama, 'base')).toMatchObject(refusal);
    expect(encodePeftAdapter({ ...converted, matrices: [] }, llama, 'base')).toMatchObject(refusal);
  });
});

describe('an adapter GGUF', () => {
  it('is read as it was written, and one that is cut off or none is refused', () => {
    const converted = readGguf(join(fixtures, 'converted.gguf'));
    const path = join(folder, 'a.gguf');
    const bytes = encodeAdapterGguf(converted);
    writeFileSync(path, bytes);
    expect(readGguf(path)).toEqual(converted);
    for (const end of [0, 3, 20, 200, bytes.length - 64]) {
      writeFileSync(path, bytes.subarray(0, end));
      expect(readAdapterGguf(path), `${end} bytes`).toEqual(expect.any(String));
    }
  });
});
