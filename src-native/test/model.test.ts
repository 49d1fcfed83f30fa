// Opening models, from friends and strangers, and their tokenizers.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { errorOf, native, openModel, unwrap } from './support.ts';

const fixtures = fileURLToPath(new URL('./fixtures/gradients/', import.meta.url));
const hostile = fileURLToPath(new URL('../../../shared/data/hostile/gguf/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'luthier-model-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The vocabularies that llama.cpp's own tokenizer test uses, in the source tree the addon was built from. */
const vocabularies = findVocabularies();
function findVocabularies(): string {
  const build = fileURLToPath(new URL('../../build/', import.meta.url));
  const release = existsSync(build)
    ? readdirSync(build).find(name => /^llama\.cpp-v[\d.]+$/.test(name))
    : undefined;
  return join(build, release ?? 'absent', 'models');
}

describe('Model.open', () => {
  it('tells a model’s facts', async () => {
    const model = await openModel(`${fixtures}qwen3/model-bf16.gguf`);
    expect(model.info).toMatchObject({
      architecture: 'qwen3',
      quantization: 'BF16',
      vocabularyOnly: false,
      vocabularySize: 272,
      embeddingLength: 48,
      layers: 2,
      heads: 4,
      keyValueHeads: 2,
      eosId: 270,
      endOfGenerationIds: [268, 270],
      untrainableReason: null,
      targetModules: ['attn_q', 'attn_k', 'attn_v', 'attn_output', 'ffn_gate', 'ffn_up', 'ffn_down'],
    });
    model.dispose();
    model.dispose();
    expect(() => model.tokenize('a', { addSpecial: false, parseSpecial: false })).toThrow('disposed');
  });

  it('names no BOS where the file names none, though llama.cpp assumes token 11', async () => {
    const bytes = readFileSync(`${fixtures}llama/model.gguf`);
    const path = join(folder, 'no-bos.gguf');
    writeFileSync(
      path,
      write(bytes, bytes.indexOf('tokenizer.ggml.bos_token_id'), (copy, at) =>
        copy.write('tokenizer.ggml.bos_token_xx', at),
      ),
    );
    const model = await openModel(path, true);
    expect(model.info.bosId).toBeNull();
    model.dispose();
  });

  it('has codes for what is no model', async () => {
    const attempt = async (path: string) =>
      errorOf(await native.Model.open(path, { vocabularyOnly: true })).code;
    expect(await attempt(join(folder, 'absent.gguf'))).toBe('model.notFound');
    expect(await attempt(folder)).toBe('model.notGguf');
    expect(await attempt(fileURLToPath(import.meta.url))).toBe('model.notGguf');
    expect(await attempt(`${fixtures}llama/adapter.gguf`)).toBe('model.loadFailed');
    expect(() => new (native.Model as unknown as new () => object)()).toThrow('no public constructor');
  });

  it('says why llama.cpp did not load a model', async () => {
    const bytes = readFileSync(`${fixtures}llama/model.gguf`);
    const path = join(folder, 'other-tensor.gguf');
    const at = bytes.indexOf('blk.1.ffn_up.weight');
    writeFileSync(
      path,
      write(bytes, at, copy => copy.write('blk.1.ffn_xx.weight', at)),
    );
    const { code, message } = errorOf(await native.Model.open(path, { vocabularyOnly: false }));
    expect(code).toBe('model.loadFailed');
    expect(message).toContain("tensor 'blk.1.ffn_up.weight' not found");
  });

  // Each change is one that llama.cpp answers with an abort, a hang or gigabytes, or accepts and misreads.
  const damages: readonly [string, (bytes: Buffer) => Buffer][] = [
    ['cut in the header', bytes => bytes.subarray(0, 1000)],
    ['cut in the weights', bytes => bytes.subarray(0, bytes.length - 4096)],
    ['cut after the magic', bytes => bytes.subarray(0, 4)],
    ['2^63 tensors', bytes => write(bytes, 8, (copy, at) => copy.writeBigUInt64LE(1n << 63n, at))],
    ['2^40 entries', bytes => write(bytes, 16, (copy, at) => copy.writeBigUInt64LE(1n << 40n, at))],
    ['version 99', bytes => write(bytes, 4, (copy, at) => copy.writeUInt32LE(99, at))],
    ['a key of 2^60 bytes', bytes => write(bytes, 24, (copy, at) => copy.writeBigUInt64LE(1n << 60n, at))],
    [
      'odd rope dimensions',
      bytes =>
        write(bytes, placeOfValue(bytes, 'llama.rope.dimension_count'), (copy, at) =>
          copy.writeUInt32LE(7, at),
        ),
    ],
    [
      'no heads left over',
      bytes =>
        write(bytes, placeOfValue(bytes, 'llama.attention.head_count'), (copy, at) =>
          copy.writeUInt32LE(3, at),
        ),
    ],
    [
      '600 layers',
      bytes =>
        write(bytes, placeOfValue(bytes, 'llama.block_count'), (copy, at) => copy.writeUInt32LE(600, at)),
    ],
    [
      'a tensor far outside',
      bytes =>
        write(bytes, offsetOf(bytes, 'output_norm.weight'), (copy, at) =>
          copy.writeBigUInt64LE(1n << 50n, at),
        ),
    ],
    [
      'a tensor of type 1000',
      bytes =>
        write(bytes, offsetOf(bytes, 'output_norm.weight') - 4, (copy, at) => copy.writeUInt32LE(1000, at)),
    ],
    [
      'a tensor twice',
      bytes =>
        write(bytes, bytes.indexOf('blk.0.attn_k.weight'), (copy, at) =>
          copy.write('blk.0.attn_q.weight', at),
        ),
    ],
    ['a token twice', bytes => write(bytes, tokenOfOneByte(bytes, 'q'), (copy, at) => copy.write('r', at))],
  ];
  it.each(damages)('refuses a file with %s', async (name, damage) => {
    const path = join(folder, `${name.replaceAll(/\W/g, '-')}.gguf`);
    writeFileSync(path, damage(readFileSync(`${fixtures}llama/model.gguf`)));
    for (const vocabularyOnly of [true, false]) {
      expect(errorOf(await native.Model.open(path, { vocabularyOnly })).code).toBe('model.damaged');
    }
  });

  it.skipIf(!existsSync(hostile))('refuses the hostile files', async () => {
    const expected: Record<string, string> = {
      'hparam_rope_dim_odd.gguf': 'model.damaged',
      'html.gguf': 'model.notGguf',
      'tensor_name_duplicate.gguf': 'model.damaged',
      'tensor_type_count.gguf': 'model.damaged',
      'wrong_magic.gguf': 'model.notGguf',
    };
    for (const [name, code] of Object.entries(expected)) {
      for (const vocabularyOnly of [true, false]) {
        expect([name, errorOf(await native.Model.open(hostile + name, { vocabularyOnly })).code]).toEqual([
          name,
          code,
        ]);
      }
    }
    for (const name of ['pad_is_eos.gguf', 'template_syntax.gguf', 'missing_tokenizer_ggml_scores.gguf']) {
      (await openModel(hostile + name)).dispose();
    }
  });
});

function write(bytes: Buffer, at: number, change: (copy: Buffer, at: number) => unknown): Buffer {
  if (at < 0) throw new Error('the place to damage was not found');
  const copy = Buffer.from(bytes);
  change(copy, at);
  return copy;
}

/** Where the value of a key stands: after the key comes its type in 4 bytes. */
function placeOfValue(bytes: Buffer, key: string): number {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(key.length));
  return bytes.indexOf(Buffer.concat([length, Buffer.from(key)])) + 8 + key.length + 4;
}

/** Where the token that is the one given letter stands, between its neighbours in byte order. */
function tokenOfOneByte(bytes: Buffer, letter: string): number {
  const token = (code: number) => Buffer.from([1, 0, 0, 0, 0, 0, 0, 0, code]);
  const code = letter.charCodeAt(0);
  return bytes.indexOf(Buffer.concat([token(code), token(code + 1)])) + 8;
}

/** Where the offset of a one-dimensional tensor stands: after name, dimensions, extent and type. */
function offsetOf(bytes: Buffer, tensor: string): number {
  return bytes.indexOf(tensor) + tensor.length + 4 + 8 + 4;
}

describe('a model that threads share', () => {
  it('is the same one for all, and stays open until the last disposes of it', async () => {
    const model = await openModel(`${fixtures}qwen3/model-bf16.gguf`);
    const number = model.share();
    expect(model.share()).toBe(number);
    const same = unwrap(native.Model.openShared(number));
    expect(same.info).toEqual(model.info);
    const options = { addSpecial: false, parseSpecial: false };
    const ids = model.tokenize('hello', options);
    model.dispose();
    expect(same.tokenize('hello', options)).toEqual(ids);
    same.dispose();
    expect(errorOf(native.Model.openShared(number))).toMatchObject({ code: 'model.notShared' });
    expect(errorOf(native.Model.openShared(99))).toMatchObject({ code: 'model.notShared' });
  });
});

describe('tokenizer', () => {
  it('gives pieces whose bytes are the text', async () => {
    const model = await openModel(`${fixtures}llama/model.gguf`, true);
    const text = '<|im_start|>user\nHellö 🎻<|im_end|>\n';
    const ids = model.tokenize(text, { addSpecial: false, parseSpecial: true });
    const { bytes, offsets } = unwrap(model.pieces(ids));
    expect(Buffer.from(bytes).toString()).toBe(text);
    expect(offsets).toHaveLength(ids.length + 1);
    expect(Buffer.from(bytes.subarray(offsets[0], offsets[1])).toString()).toBe('<|im_start|>');
    expect(unwrap(model.detokenize(ids))).toBe(text);
    expect([...ids]).toContain(269);
    expect([...model.tokenize(text, { addSpecial: false, parseSpecial: false })]).not.toContain(269);
    expect(
      model
        .specialTokens()
        .filter(({ kind }) => kind === 'control')
        .map(({ id }) => id),
    ).toEqual([268, 269, 270, 271]);
    expect(errorOf(model.pieces(Int32Array.of(1, 272)))).toMatchObject({
      code: 'tokens.outOfRange',
      details: { token: 272, index: 1 },
    });
    expect(errorOf(model.detokenize(Int32Array.of(-1))).code).toBe('tokens.outOfRange');
    expect(model.tokenize('', { addSpecial: false, parseSpecial: true })).toHaveLength(0);
    expect(unwrap(model.pieces(new Int32Array())).offsets).toEqual(Uint32Array.of(0));
    model.dispose();
  });

  it
    .skipIf(!existsSync(vocabularies))
    .each(['llama-bpe', 'llama-spm', 'qwen2', 'phi-3', 'gpt-2', 'command-r'])(
    'agrees with the test vectors of %s',
    async name => {
      const path = join(vocabularies, `ggml-vocab-${name}.gguf`);
      const inputs = readFileSync(`${path}.inp`, 'utf8').split('\n__ggml_vocab_test__\n');
      const outputs = readFileSync(`${path}.out`, 'utf8').split('\n');
      const model = await openModel(path, true);
      for (const [index, text] of inputs.entries()) {
        const expected = (outputs[index] ?? '').trim().split(/\s+/).filter(Boolean).map(Number);
        expect([...model.tokenize(text, { addSpecial: false, parseSpecial: false })]).toEqual(expected);
      }
      model.dispose();
    },
  );

  it.skipIf(!existsSync(vocabularies))('knows which special tokens strip the space beside them', async () => {
    const model = await openModel(join(vocabularies, 'ggml-vocab-phi-3.gguf'), true);
    const assistant = model.specialTokens().find(({ text }) => text === '<|assistant|>');
    expect(assistant).toMatchObject({ stripsRight: true, stripsLeft: false });
    model.dispose();
  });
});

describe('the addon', () => {
  it('names what it was built from, and the processor as a device', () => {
    const version = native.version();
    expect(version.llamaCpp).toMatch(/^v\d/);
    expect(version.buildHash).toMatch(/^[0-9a-f]{64}$/);
    expect(native.devices().filter(({ kind }) => kind === 'cpu')).toHaveLength(1);
    expect(errorOf(native.loadBackend(join(folder, 'libggml-none.so'))).code).toBe('backend.loadFailed');
  });
});
