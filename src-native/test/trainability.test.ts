// What a header alone tells of a model: its facts, and why it cannot be trained.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GgufContent, writeGguf } from './gguf-writer.ts';
import { errorOf, native, openModel, unwrap } from './support.ts';

const fixtures = fileURLToPath(new URL('./fixtures/gradients/', import.meta.url));
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'luthier-trainability-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function inspect(content: GgufContent) {
  const path = join(folder, 'file.gguf');
  writeGguf(path, content);
  return native.inspectModel(path);
}

function plain(architecture: string, numbers: Record<string, number> = {}, type = 'model'): GgufContent {
  return {
    strings: { 'general.architecture': architecture, 'general.type': type },
    numbers: { [`${architecture}.block_count`]: 1, ...numbers },
    tensors: [{ name: 'token_embd.weight', length: 8, bytes: 32 }],
  };
}

describe('inspectModel', () => {
  it('tells the same as a model that was opened, for every fixture', async () => {
    for (const name of readdirSync(fixtures).filter(name => !name.endsWith('-packed'))) {
      for (const file of readdirSync(fixtures + name).filter(file => file.startsWith('model'))) {
        const path = `${fixtures}${name}/${file}`;
        const model = await openModel(path);
        const facts = unwrap(native.inspectModel(path));
        expect(model.info).toMatchObject(facts);
        expect(facts.untrainableReason).toBeNull();
        model.dispose();
      }
    }
  });

  it.each([
    [
      'a mixture of experts',
      plain('llama', { 'llama.expert_count': 8, 'llama.expert_used_count': 2 }),
      /mixture of experts/,
    ],
    ['a state space model', plain('mamba'), /recurrent layers/],
    [
      'a hybrid that this list does not know',
      plain('newhybrid', { 'newhybrid.ssm.state_size': 16 }),
      /recurrent layers/,
    ],
    ['an encoder', plain('bert'), /embedding model/],
    ['an embedding model by its pooling', plain('qwen3', { 'qwen3.pooling_type': 3 }), /embedding model/],
    ['an encoder with a decoder', plain('t5'), /an encoder with a decoder/],
    ['a projector', plain('clip', {}, 'mmproj'), /projector for images or sound/],
    ['an old projector', plain('clip'), /projector for images or sound/],
    ['an adapter', plain('llama', {}, 'adapter'), /an adapter, not a model/],
    ['an imatrix', plain('llama', {}, 'imatrix'), /imatrix/],
    ['a model that takes no adapter', plain('glm4'), /cannot use an adapter/],
    ['a decoder without a gradient test', plain('bloom'), /architecture bloom .*llama.* can/],
    ['a vocabulary', { ...plain('llama'), tensors: [] }, /vocabulary only/],
    ['a later part', plain('llama', { 'split.no': 1, 'split.count': 3 }), /choose the first part/],
    [
      'a torso',
      { ...plain('llama'), tensors: [{ name: 'blk.0.attn_q.weight', length: 8, bytes: 32 }] },
      /lacks the token embedding/,
    ],
    [
      'a type without a gradient test',
      {
        ...plain('llama'),
        tensors: [
          ...(plain('llama').tensors ?? []),
          { name: 'blk.0.ffn_up.weight', type: 19, length: 256, bytes: 50 },
        ],
      },
      /type iq1_s \(blk\.0\.ffn_up\.weight\).*Q4_K_M/,
    ],
  ])('says why %s cannot be trained', (_, content, reason) => {
    expect(unwrap(inspect(content)).untrainableReason).toMatch(reason);
  });

  it('lets every architecture of the list through, and no name that only begins like one', () => {
    for (const architecture of native.trainable().architectures) {
      expect(unwrap(inspect(plain(architecture))).untrainableReason).toBeNull();
    }
    expect(unwrap(inspect(plain('gemma3n'))).untrainableReason).not.toBeNull();
    expect(unwrap(inspect(plain(''))).untrainableReason).toMatch(/\(none named\)/);
  });

  it('refuses what is damaged or no GGUF with a code', () => {
    expect(errorOf(native.inspectModel(join(folder, 'absent.gguf'))).code).toBe('model.notFound');
    expect(errorOf(native.inspectModel(fileURLToPath(import.meta.url))).code).toBe('model.notGguf');
    expect(
      errorOf(
        inspect(
          plain('llama', {
            'llama.rope.dimension_count': 7,
            'llama.attention.head_count': 1,
            'llama.embedding_length': 8,
          }),
        ),
      ).code,
    ).toBe('model.damaged');
  });
});
