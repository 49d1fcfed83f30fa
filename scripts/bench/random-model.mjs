// Writes a model with random weights as a GGUF, for benchmarks: no download, the same bytes for the same shape.
import { closeSync, openSync, renameSync, writeSync } from 'node:fs';

const ALIGNMENT = 32;
const GGUF_TYPE = { uint32: 4, int32: 5, float32: 6, string: 8, array: 9 };
const TENSOR_TYPE = { f32: 0, q8_0: 8, q4_k: 12, bf16: 30 };
/** Standard deviation of the weights, as Hugging Face initializes a llama. */
const DEVIATION = 0.02;

/** mulberry32, as 32-bit integers. */
function randomIntegers(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  };
}

/** Byte-level pieces of the metadata; a GGUF is little-endian throughout. */
class Bytes {
  parts = [];
  length = 0;

  add(buffer) {
    this.parts.push(buffer);
    this.length += buffer.length;
  }
  uint32(value) {
    const buffer = Buffer.alloc(4);
    buffer.writeUInt32LE(value);
    this.add(buffer);
  }
  uint64(value) {
    const buffer = Buffer.alloc(8);
    buffer.writeBigUInt64LE(BigInt(value));
    this.add(buffer);
  }
  float32(value) {
    const buffer = Buffer.alloc(4);
    buffer.writeFloatLE(value);
    this.add(buffer);
  }
  string(text) {
    const buffer = Buffer.from(text);
    this.uint64(buffer.length);
    this.add(buffer);
  }
  value(type, value) {
    if (type === 'string') this.string(value);
    else if (type === 'float32') this.float32(value);
    else this.uint32(value);
  }
  pair(key, type, value) {
    this.string(key);
    this.uint32(GGUF_TYPE[type]);
    this.value(type, value);
  }
  list(key, type, values) {
    this.string(key);
    this.uint32(GGUF_TYPE.array);
    this.uint32(GGUF_TYPE[type]);
    this.uint64(values.length);
    for (const value of values) this.value(type, value);
  }
}

/** Name, shape (contiguous axis first) and type of every tensor of the shape's model. */
function tensorsOf(shape) {
  const { width, hidden, layers, vocabulary, tied, type } = shape;
  const matrix = (name, columns, rows) => ({ name: `${name}.weight`, shape: [columns, rows], type });
  const norm = (name, length = width) => ({ name: `${name}.weight`, shape: [length], type: 'f32' });
  const block = i => [
    norm(`blk.${i}.attn_norm`),
    ...attentionOf(shape, `blk.${i}.attn`, matrix, norm),
    norm(`blk.${i}.ffn_norm`),
    ...(shape.architecture === 'phi3'
      ? [matrix(`blk.${i}.ffn_up`, width, 2 * hidden)]
      : [matrix(`blk.${i}.ffn_gate`, width, hidden), matrix(`blk.${i}.ffn_up`, width, hidden)]),
    matrix(`blk.${i}.ffn_down`, hidden, width),
    ...(WITH_POST_NORMS.has(shape.architecture)
      ? [norm(`blk.${i}.post_attention_norm`), norm(`blk.${i}.post_ffw_norm`)]
      : []),
  ];
  return [
    matrix('token_embd', width, vocabulary),
    ...Array.from({ length: layers }, (_, i) => block(i)).flat(),
    norm('output_norm'),
    ...(tied ? [] : [matrix('output', width, vocabulary)]),
  ];
}

function attentionOf(shape, name, matrix, norm) {
  const { width, heads, keyValueHeads, architecture } = shape;
  const headLength = headLengthOf(shape);
  const [own, keyValue] = [heads * headLength, keyValueHeads * headLength];
  if (architecture === 'phi3')
    return [matrix(`${name}_qkv`, width, own + 2 * keyValue), matrix(`${name}_output`, own, width)];
  const bias = (module, length) => ({ name: `${name}_${module}.bias`, shape: [length], type: 'f32' });
  return [
    matrix(`${name}_q`, width, own),
    matrix(`${name}_k`, width, keyValue),
    matrix(`${name}_v`, width, keyValue),
    ...(architecture === 'qwen2' ? [bias('q', own), bias('k', keyValue), bias('v', keyValue)] : []),
    ...(WITH_HEAD_NORMS.has(architecture)
      ? [norm(`${name}_q_norm`, headLength), norm(`${name}_k_norm`, headLength)]
      : []),
    matrix(`${name}_output`, own, width),
  ];
}

const WITH_HEAD_NORMS = new Set(['qwen3', 'gemma3']);
const WITH_POST_NORMS = new Set(['gemma2', 'gemma3']);
/** Metadata that an architecture has besides: keys behind its own name, types, values. */
const OWN_KEYS = {
  gemma2: [
    ['attn_logit_softcapping', 'float32', 50],
    ['final_logit_softcapping', 'float32', 30],
    ['attention.sliding_window', 'uint32', 4096],
  ],
  phi3: [['rope.scaling.original_context_length', 'uint32', 4096]],
};

const headLengthOf = ({ width, heads, headLength }) => headLength ?? width / heads;
const elementsOf = shape => shape.reduce((product, extent) => product * extent, 1);
/** Elements and bytes of a block of each type. */
const BLOCK = { f32: [1, 4], bf16: [1, 2], q8_0: [32, 34], q4_k: [256, 144] };
const bytesOf = ({ shape, type }) => (elementsOf(shape) / BLOCK[type][0]) * BLOCK[type][1];
const aligned = bytes => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

function header(shape, tensors) {
  const { width, hidden, layers, heads, keyValueHeads, vocabulary, context, architecture = 'llama' } = shape;
  const bytes = new Bytes();
  const pieces = ['<unk>', '<s>', '</s>'];
  for (let i = 0; i < 256; i++) pieces.push(`<0x${i.toString(16).toUpperCase().padStart(2, '0')}>`);
  const kinds = pieces.map((_, i) => (i === 0 ? 2 : i < 3 ? 3 : 6)); // unknown, control, byte
  while (pieces.length < vocabulary) {
    pieces.push(`t${pieces.length}`);
    kinds.push(1);
  }
  bytes.add(Buffer.from('GGUF'));
  bytes.uint32(3);
  bytes.uint64(tensors.length);
  const ownKeys = OWN_KEYS[architecture] ?? [];
  bytes.uint64(21 + ownKeys.length);
  bytes.pair('general.architecture', 'string', architecture);
  // Not the architecture's name: llama.cpp takes a phi3 by name for one with Phi's own special tokens.
  bytes.pair('general.name', 'string', 'random weights for benchmarks');
  bytes.pair('general.alignment', 'uint32', ALIGNMENT);
  bytes.pair(`${architecture}.context_length`, 'uint32', context);
  bytes.pair(`${architecture}.embedding_length`, 'uint32', width);
  bytes.pair(`${architecture}.block_count`, 'uint32', layers);
  bytes.pair(`${architecture}.feed_forward_length`, 'uint32', hidden);
  bytes.pair(`${architecture}.attention.head_count`, 'uint32', heads);
  bytes.pair(`${architecture}.attention.head_count_kv`, 'uint32', keyValueHeads);
  bytes.pair(`${architecture}.attention.layer_norm_rms_epsilon`, 'float32', 1e-5);
  bytes.pair(`${architecture}.rope.freq_base`, 'float32', 10000);
  bytes.pair(`${architecture}.attention.key_length`, 'uint32', headLengthOf(shape));
  bytes.pair(`${architecture}.attention.value_length`, 'uint32', headLengthOf(shape));
  bytes.pair(`${architecture}.rope.dimension_count`, 'uint32', headLengthOf(shape));
  bytes.pair(`${architecture}.vocab_size`, 'uint32', vocabulary);
  for (const [key, type, value] of ownKeys) bytes.pair(`${architecture}.${key}`, type, value);
  bytes.pair('tokenizer.ggml.model', 'string', 'llama');
  bytes.list('tokenizer.ggml.tokens', 'string', pieces);
  bytes.list(
    'tokenizer.ggml.scores',
    'float32',
    pieces.map((_, i) => -i),
  );
  bytes.list('tokenizer.ggml.token_type', 'int32', kinds);
  bytes.pair('tokenizer.ggml.bos_token_id', 'uint32', 1);
  bytes.pair('tokenizer.ggml.eos_token_id', 'uint32', 2);
  let offset = 0;
  for (const tensor of tensors) {
    bytes.string(tensor.name);
    bytes.uint32(tensor.shape.length);
    for (const extent of tensor.shape) bytes.uint64(extent);
    bytes.uint32(TENSOR_TYPE[tensor.type]);
    bytes.uint64(offset);
    offset += aligned(bytesOf(tensor));
  }
  bytes.add(Buffer.alloc(aligned(bytes.length) - bytes.length));
  return Buffer.concat(bytes.parts);
}

/** Evenly distributed values of the right deviation, as bf16: enough for a benchmark. */
function fillBf16(buffer, random) {
  const words = new Uint16Array(buffer.buffer, buffer.byteOffset, buffer.length / 2);
  const float = new Float32Array(1);
  const bits = new Uint32Array(float.buffer);
  const scale = (DEVIATION * Math.sqrt(12)) / 2 ** 32;
  for (let i = 0; i < words.length; i++) {
    float[0] = (random() - 2 ** 31) * scale;
    words[i] = (bits[0] + 0x8000) >>> 16;
  }
}

function fillF32(buffer, random) {
  const scale = (DEVIATION * Math.sqrt(12)) / 2 ** 32;
  const values = new Float32Array(buffer.buffer, buffer.byteOffset, buffer.length / 4);
  for (let i = 0; i < values.length; i++) values[i] = (random() - 2 ** 31) * scale;
}

/** Blocks of 32 bytes and a half-precision scale, with values of the same deviation. */
function fillQ8(buffer, random) {
  const scale = 0x0d1c; // 0.02 · √12 / 256 as binary16, 2.7e-4
  for (let i = 0; i < buffer.length; i += 34) {
    buffer.writeUInt16LE(scale, i);
    for (let j = 2; j < 34; j += 4) buffer.writeInt32LE(random() | 0, i + j);
  }
}

/** Blocks of 256 values: scale and scale of the minima as halves, then 140 bytes of any content. */
function fillQ4K(buffer, random) {
  for (let i = 0; i < buffer.length; i += 144) {
    buffer.writeUInt16LE(0x068d, i); // 1e-4
    buffer.writeUInt16LE(0x1225, i + 2); // 7.5e-4
    for (let j = 4; j < 144; j += 4) buffer.writeInt32LE(random() | 0, i + j);
  }
}

/**
 * Writes the file and renames it into place. `shape`: width, hidden, layers, heads, keyValueHeads, vocabulary,
 * context, tied, type of the matrices (f32, bf16, q8_0 or q4_k); if it is not a llama, architecture (gemma,
 * gemma2, gemma3, phi3, qwen2 or qwen3); if it is not width / heads, headLength. Returns the number of parameters.
 */
export function writeRandomModel(path, shape) {
  const tensors = tensorsOf(shape);
  const file = openSync(`${path}.new`, 'w');
  writeSync(file, header(shape, tensors));
  const random = randomIntegers(1);
  for (const tensor of tensors) {
    const buffer = Buffer.alloc(aligned(bytesOf(tensor)));
    const values = buffer.subarray(0, bytesOf(tensor));
    if (tensor.shape.length === 1 && tensor.type === 'f32')
      new Float32Array(values.buffer, values.byteOffset, values.length / 4).fill(
        tensor.name.endsWith('.bias') ? 0 : 1,
      );
    else if (tensor.type === 'bf16') fillBf16(values, random);
    else if (tensor.type === 'f32') fillF32(values, random);
    else if (tensor.type === 'q4_k') fillQ4K(values, random);
    else fillQ8(values, random);
    writeSync(file, buffer);
  }
  closeSync(file);
  renameSync(`${path}.new`, path);
  return tensors.reduce((sum, { shape }) => sum + elementsOf(shape), 0);
}

/**
 * A row of `length` tokens packed from examples of 40 to `longest` tokens (280 on average for 520), of which the
 * last 60 % of each are trained; one example where `longest` is `length`. Returns inputIds, labels and the
 * lengths of the examples.
 */
export function packedRow(seed, length, vocabulary, longest) {
  const random = randomIntegers(seed);
  const lengths = [];
  let left = length;
  while (left > 0) {
    const wanted = longest < length ? 40 + (random() % (longest - 39)) : length;
    lengths.push(left - wanted < 40 ? left : wanted);
    left -= lengths.at(-1);
  }
  const inputIds = Array.from({ length }, () => 259 + (random() % (vocabulary - 259)));
  const labels = lengths.flatMap(own => Array.from({ length: own }, (_, i) => i >= own * 0.4));
  return { inputIds, labels: labels.map((isTrained, i) => (isTrained ? inputIds[i] : -100)), lengths };
}
