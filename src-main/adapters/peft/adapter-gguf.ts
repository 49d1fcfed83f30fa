/** Writes a LoRA adapter as the GGUF that llama.cpp loads (version 3, float32). */

export interface AdapterMatrix {
  /** GGUF name: `blk.0.attn_q.weight.lora_a`. */
  readonly name: string;
  /** ggml order: the first extent is contiguous. */
  readonly shape: readonly [number, number];
  readonly values: Float32Array;
}

export interface AdapterContent {
  readonly architecture: string;
  readonly alpha: number;
  readonly matrices: readonly AdapterMatrix[];
}

const ALIGNMENT = 32;
const TYPE_FLOAT = 6;
const TYPE_STRING = 8;

export function encodeAdapterGguf({ architecture, alpha, matrices }: AdapterContent): Buffer {
  const words = {
    'general.type': 'adapter',
    'general.architecture': architecture,
    'adapter.type': 'lora',
  } as const;
  const parts: Buffer[] = [
    Buffer.from('GGUF'),
    u32(3),
    u64(matrices.length),
    u64(Object.keys(words).length + 1),
  ];
  for (const [key, value] of Object.entries(words)) parts.push(text(key), u32(TYPE_STRING), text(value));
  parts.push(text('adapter.lora.alpha'), u32(TYPE_FLOAT), f32(alpha));
  let offset = 0;
  for (const { name, shape, values } of matrices) {
    parts.push(text(name), u32(shape.length), ...shape.map(u64), u32(0), u64(offset));
    offset = aligned(offset + values.byteLength);
  }
  const header = Buffer.concat(parts);
  const body = matrices.map(({ values }) =>
    padded(Buffer.from(values.buffer, values.byteOffset, values.byteLength)),
  );
  return Buffer.concat([padded(header), ...body]);
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(aligned(bytes.length) - bytes.length)]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function f32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([u64(bytes.length), bytes]);
}
