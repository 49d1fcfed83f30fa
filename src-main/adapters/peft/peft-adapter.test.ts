import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { orThrow } from '../../../src-shared/contract/coded-error.ts';
import { encodeAdapterGguf } from './adapter-gguf.ts';
import { readPeftAdapter } from './peft-adapter.ts';
import { readSafetensors } from './safetensors.ts';

/** Made by scripts/fixtures/make-peft-fixture.py: by PEFT, and converted by llama.cpp. */
const fixtures = join(import.meta.dirname, 'fixtures');
const llama = { architecture: 'llama', heads: 4, keyValueHeads: 2 };

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'luthier-peft-'));
  for (const file of ['adapter_config.json', 'adapter_model.safetensors'])
    cpSync(join(fixtures, file), join(folder, file));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const weights = () => join(folder, 'adapter_model.safetensors');

function setConfig(change: Record<string, unknown>): void {
  const path = join(folder, 'adapter_config.json');
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), ...change }));
}

function writeSafetensors(header: unknown, values: Buffer): void {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  writeFileSync(weights(), Buffer.concat([length, text, values]));
}

describe('a PEFT folder', () => {
  it('becomes the matrices that llama.cpp’s converter makes of it, q and k in its order', () => {
    const adapter = orThrow(readPeftAdapter(folder, llama));
    const converted = readFileSync(join(fixtures, 'converted.gguf'));
    expect(adapter.matrices).toHaveLength(28);
    for (const { name, values } of adapter.matrices) {
      const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
      expect([name, converted.includes(name), converted.includes(bytes)]).toEqual([name, true, true]);
    }
    const q = adapter.matrices.find(({ name }) => name === 'blk.0.attn_q.weight.lora_b');
    expect(q?.shape).toEqual([2, 16]);
    // rsLoRA: 6 / √2 is PEFT's scale, alpha / rank llama.cpp's.
    expect(adapter.alpha / 2).toBeCloseTo(6 / Math.SQRT2, 6);
    expect(encodeAdapterGguf(adapter).toString('latin1', 0, 4)).toBe('GGUF');
  });

  it('keeps the order of q and k for an architecture that is not turned about', () => {
    const original = readSafetensors(weights());
    if (typeof original === 'string') throw new Error(original);
    const adapter = orThrow(readPeftAdapter(folder, { ...llama, architecture: 'qwen2' }));
    const q = adapter.matrices.find(({ name }) => name === 'blk.1.attn_q.weight.lora_b');
    const [key] = [...original.keys()].filter(name => name.includes('layers.1.self_attn.q_proj.lora_B'));
    expect(q?.values).toEqual(original.get(key ?? '')?.values);
  });

  it.each([
    [{ peft_type: 'IA3' }, 'adapter.unsupported', 'IA3'],
    [{ use_dora: true }, 'adapter.unsupported', 'DoRA'],
    [{ bias: 'all' }, 'adapter.unsupported', 'biases'],
    [{ modules_to_save: ['lm_head'] }, 'adapter.unsupported', 'lm_head'],
    [{ rank_pattern: { q_proj: 8 } }, 'adapter.unsupported', 'rank_pattern'],
    [{ r: 'two' }, 'adapter.notAnAdapter', '(r)'],
  ])('with %j is refused with the reason', (change, code, reason) => {
    setConfig(change);
    const read = readPeftAdapter(folder, llama);
    expect(read).toMatchObject({ ok: false, error: { code, cause: expect.stringContaining(reason) } });
  });

  it('without its files, or with a module that GGUF does not know, is refused', () => {
    writeSafetensors(
      { 'model.layers.0.mlp.router.lora_A.weight': { dtype: 'F32', shape: [1, 1], data_offsets: [0, 4] } },
      Buffer.alloc(4),
    );
    expect(readPeftAdapter(folder, llama)).toMatchObject({ error: { code: 'adapter.unsupported' } });
    rmSync(weights());
    expect(readPeftAdapter(folder, llama)).toMatchObject({ error: { code: 'adapter.notAnAdapter' } });
    rmSync(join(folder, 'adapter_config.json'));
    expect(readPeftAdapter(folder, llama)).toMatchObject({ error: { code: 'adapter.notAnAdapter' } });
  });
});

describe('a safetensors file', () => {
  const tensor = (dtype: string, values: number) => ({
    t: { dtype, shape: [values], data_offsets: [0, values * (dtype === 'F32' ? 4 : 2)] },
  });
  const bits = (...halves: number[]) => Buffer.from(Uint16Array.from(halves).buffer);

  it('is read in F32, F16 and BF16, exactly', () => {
    writeSafetensors(tensor('F16', 6), bits(0x3c00, 0xc000, 0x0001, 0x7bff, 0x3555, 0x8000));
    // 1, −2, the smallest subnormal, the largest number, 1365/4096, −0: IEEE 754 binary16
    expect(readSafetensors(weights())).toEqual(
      new Map([['t', { shape: [6], values: Float32Array.of(1, -2, 2 ** -24, 65504, 1365 / 4096, -0) }]]),
    );
    writeSafetensors(tensor('BF16', 2), bits(0x3f80, 0xc049));
    expect(readSafetensors(weights())).toEqual(
      new Map([['t', { shape: [2], values: Float32Array.of(1, -3.140625) }]]),
    );
    writeSafetensors(tensor('F32', 1), Buffer.from(Float32Array.of(0.1).buffer));
    expect(readSafetensors(weights())).toEqual(
      new Map([['t', { shape: [1], values: Float32Array.of(0.1) }]]),
    );
  });

  it.each([
    [
      'a header longer than the file',
      () => writeFileSync(weights(), Buffer.from('ffffffffffffff7f00', 'hex')),
    ],
    ['a header that is no JSON', () => writeSafetensors('{"t":', Buffer.alloc(4))],
    ['another type', () => writeSafetensors(tensor('I64', 1), Buffer.alloc(8))],
    ['values beyond the end', () => writeSafetensors(tensor('F32', 2), Buffer.alloc(4))],
    [
      'a shape that is not its size',
      () =>
        writeSafetensors({ t: { dtype: 'F32', shape: [3, 1e12], data_offsets: [0, 4] } }, Buffer.alloc(4)),
    ],
    ['an empty file', () => writeFileSync(weights(), '')],
  ])('with %s is refused', (_what, write) => {
    write();
    expect(readSafetensors(weights())).toEqual(expect.any(String));
  });
});
