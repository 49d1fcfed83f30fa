/** An adapter as PEFT keeps it: adapter_config.json and adapter_model.safetensors. */
import { type CodedError, fail, type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { AdapterContent, AdapterMatrix } from './adapter-gguf.ts';
import { CONFIG_FILE, MODULES, type ModelHeads, PERMUTED, WEIGHTS_FILE } from './peft-layout.ts';

/** Whose layers Hugging Face calls `model.layers.N.self_attn` and `.mlp`, as PEFT finds them in a causal LM. */
const PLAIN_NAMES = new Set([
  ...['llama', 'granite', 'qwen2', 'qwen3', 'phi3', 'gemma', 'gemma2', 'gemma3', 'olmo2', 'smollm3'],
  ...['stablelm', 'cohere2', 'exaone4', 'seed_oss', 'ernie4_5'],
]);

export interface PeftFile {
  readonly name: string;
  readonly bytes: Buffer;
}

/**
 * The scale alpha / rank stays; `use_rslora` is off, since a stored alpha has it in it. `baseName` is what a reader
 * is told to load it over. Errors: `export.unsupported` (an architecture whose names in Hugging Face differ,
 * modules without a counterpart, several ranks).
 */
export function encodePeftAdapter(
  adapter: AdapterContent,
  model: ModelHeads,
  baseName: string,
): Outcome<PeftFile[]> {
  if (!PLAIN_NAMES.has(model.architecture))
    return fail(
      unsupported(`of the architecture ${model.architecture} Hugging Face's names are not known here`),
    );
  const tensors: { name: string; shape: [number, number]; values: Float32Array }[] = [];
  const modules = new Set<string>();
  const ranks = new Set<number>();
  for (const matrix of adapter.matrices) {
    const place = placeOf(matrix.name, model.architecture);
    if (place === null) return fail(unsupported(`${matrix.name} has no counterpart in PEFT`));
    const { layer, module, isB } = place;
    const [columns, rows] = matrix.shape;
    modules.add(module.split('.')[1] ?? '');
    ranks.add(isB ? columns : rows);
    tensors.push({
      name: `base_model.model.model.layers.${layer}.${module}.lora_${isB ? 'B' : 'A'}.weight`,
      shape: [rows, columns],
      values: inPlainOrder(matrix, model),
    });
  }
  const [rank, ...more] = ranks;
  if (rank === undefined || more.length > 0)
    return fail(unsupported('its matrices have several ranks, or none'));
  tensors.sort((x, y) => (x.name < y.name ? -1 : 1));
  const config = {
    peft_type: 'LORA',
    task_type: 'CAUSAL_LM',
    base_model_name_or_path: baseName,
    inference_mode: true,
    r: rank,
    // llama.cpp takes an alpha of 0 for a scale of 1.
    lora_alpha: adapter.alpha === 0 ? rank : adapter.alpha,
    use_rslora: false,
    lora_dropout: 0,
    bias: 'none',
    fan_in_fan_out: false,
    target_modules: [...modules].sort(),
    // Layers without an adapter have none in the file either; PEFT would start those at zero.
    layers_to_transform: layersOf(adapter),
  };
  return ok([
    { name: CONFIG_FILE, bytes: Buffer.from(`${JSON.stringify(config, null, 2)}\n`) },
    { name: WEIGHTS_FILE, bytes: encodeSafetensors(tensors) },
  ]);
}

function layersOf({ matrices }: AdapterContent): number[] {
  const layers = new Set(matrices.map(({ name }) => Number(name.split('.')[1])));
  return [...layers].sort((x, y) => x - y);
}

function placeOf(name: string, architecture: string) {
  const parts = /^blk\.(\d+)\.(\w+)\.weight\.lora_([ab])$/.exec(name);
  const isFused = architecture === 'phi3' && parts?.[2] === 'ffn_up';
  const module = isFused ? 'mlp.gate_up_proj' : Object.keys(MODULES).find(key => MODULES[key] === parts?.[2]);
  return parts && module !== undefined ? { layer: parts[1], module, isB: parts[3] === 'b' } : null;
}

function inPlainOrder({ name, shape, values }: AdapterMatrix, model: ModelHeads): Float32Array {
  const heads = /attn_q\.weight\.lora_b$/.test(name)
    ? model.heads
    : /attn_k\.weight\.lora_b$/.test(name)
      ? model.keyValueHeads
      : null;
  return heads === null || !PERMUTED.has(model.architecture)
    ? values
    : separateHalves(values, shape[0], heads);
}

/** Within each head, rows [a0 b0 a1 b1 …] → [a0 a1 … b0 b1 …]: what convert_hf_to_gguf.py did to q and k, undone. */
function separateHalves(values: Float32Array, columns: number, heads: number): Float32Array {
  const half = values.length / columns / heads / 2;
  const result = new Float32Array(values.length);
  for (let head = 0; head < heads; head++) {
    for (let part = 0; part < 2; part++) {
      for (let i = 0; i < half; i++) {
        const from = ((head * half + i) * 2 + part) * columns;
        result.set(values.subarray(from, from + columns), ((head * 2 + part) * half + i) * columns);
      }
    }
  }
  return result;
}

/** Header and values begin at multiples of 8, as the format wants it. */
function encodeSafetensors(
  tensors: readonly { name: string; shape: readonly number[]; values: Float32Array }[],
): Buffer {
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  let offset = 0;
  for (const { name, shape, values } of tensors) {
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + values.byteLength] };
    offset += values.byteLength;
  }
  const text = JSON.stringify(header);
  const padded = Buffer.from(text.padEnd(Math.ceil(Buffer.byteLength(text) / 8) * 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  const body = tensors.map(({ values }) => Buffer.from(values.buffer, values.byteOffset, values.byteLength));
  return Buffer.concat([length, padded, ...body]);
}

function unsupported(reason: string): CodedError {
  return {
    code: 'export.unsupported',
    title: 'The adapter cannot be put into the form of PEFT.',
    cause: `${reason[0]?.toUpperCase()}${reason.slice(1)}.`,
    remedy: 'Export it as gguf-adapter or gguf.',
  };
}
