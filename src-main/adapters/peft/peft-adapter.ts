/** Reads a PEFT folder (adapter_config.json, adapter_model.safetensors) as an adapter for a GGUF model. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type CodedError, fail, type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { AdapterContent, AdapterMatrix } from './adapter-gguf.ts';
import { CONFIG_FILE, MODULES, type ModelHeads, PERMUTED, WEIGHTS_FILE } from './peft-layout.ts';
import { type FloatTensor, readSafetensors } from './safetensors.ts';

const configSchema = z.object({
  peft_type: z.string(),
  r: z.int().min(1).max(4096),
  lora_alpha: z.number().gt(0),
  use_rslora: z.boolean().default(false),
  use_dora: z.boolean().default(false),
  fan_in_fan_out: z.boolean().default(false),
  lora_bias: z.boolean().default(false),
  bias: z.string().default('none'),
  modules_to_save: z.array(z.string()).nullable().default(null),
  rank_pattern: z.record(z.string(), z.unknown()).nullable().default(null),
  alpha_pattern: z.record(z.string(), z.unknown()).nullable().default(null),
});
type PeftConfig = z.infer<typeof configSchema>;

/**
 * The adapter in GGUF's names and order, with the alpha that gives PEFT's scale. Errors: `adapter.notAnAdapter`
 * (no PEFT folder, or damaged), `adapter.unsupported` (DoRA, biases, whole modules, other ranks for some layers,
 * modules without a counterpart).
 */
export function readPeftAdapter(folder: string, model: ModelHeads): Outcome<AdapterContent> {
  const config = readConfig(folder);
  if (typeof config === 'string') return fail(notAnAdapter(folder, config));
  const reason = unsupportedIn(config);
  if (reason !== null) return fail(unsupported(folder, reason));
  if (!existsSync(join(folder, WEIGHTS_FILE)))
    return fail(notAnAdapter(folder, `there is no ${WEIGHTS_FILE}`));
  const tensors = readSafetensors(join(folder, WEIGHTS_FILE));
  if (typeof tensors === 'string')
    return fail(notAnAdapter(folder, `${WEIGHTS_FILE} is damaged: ${tensors}`));
  const matrices: AdapterMatrix[] = [];
  for (const [name, tensor] of tensors) {
    const place = placeOf(name);
    if (place === null)
      return fail(unsupported(folder, `it holds ${name}, which has no counterpart in GGUF`));
    const matrix = toMatrix(place, tensor, model);
    if (matrix === null)
      return fail(notAnAdapter(folder, `${name} has the shape ${tensor.shape.join(' × ')}`));
    matrices.push(matrix);
  }
  if (matrices.length === 0) return fail(notAnAdapter(folder, `${WEIGHTS_FILE} holds no matrices`));
  const alpha = config.use_rslora ? config.lora_alpha * Math.sqrt(config.r) : config.lora_alpha;
  return ok({ architecture: model.architecture, alpha, matrices });
}

interface Place {
  readonly layer: number;
  readonly module: string;
  readonly isB: boolean;
}

/** `base_model.model.model.layers.3.self_attn.q_proj.lora_A.weight` → layer 3, attn_q, A. */
function placeOf(name: string): Place | null {
  const parts = /(?:^|\.)layers\.(\d+)\.(self_attn|mlp)\.(\w+)\.lora_([AB])(?:\.default)?\.weight$/.exec(
    name,
  );
  const module = MODULES[`${parts?.[2]}.${parts?.[3]}`];
  if (!parts || module === undefined) return null;
  return { layer: Number(parts[1]), module, isB: parts[4] === 'B' };
}

function toMatrix(
  { layer, module, isB }: Place,
  tensor: FloatTensor,
  model: ModelHeads,
): AdapterMatrix | null {
  const [rows, columns, ...more] = tensor.shape;
  if (rows === undefined || columns === undefined || more.length > 0) return null;
  const heads = { attn_q: model.heads, attn_k: model.keyValueHeads }[module];
  const isPermuted = isB && heads !== undefined && PERMUTED.has(model.architecture);
  if (isPermuted && rows % (heads * 2) !== 0) return null;
  return {
    name: `blk.${layer}.${module}.weight.lora_${isB ? 'b' : 'a'}`,
    shape: [columns, rows],
    values: isPermuted ? interleaveHalves(tensor.values, columns, heads) : tensor.values,
  };
}

/** Within each head, rows [a0 a1 … b0 b1 …] → [a0 b0 a1 b1 …], as convert_hf_to_gguf.py does to q and k. */
function interleaveHalves(values: Float32Array, columns: number, heads: number): Float32Array {
  const half = values.length / columns / heads / 2;
  const result = new Float32Array(values.length);
  for (let head = 0; head < heads; head++) {
    for (let part = 0; part < 2; part++) {
      for (let i = 0; i < half; i++) {
        const from = ((head * 2 + part) * half + i) * columns;
        result.set(values.subarray(from, from + columns), ((head * half + i) * 2 + part) * columns);
      }
    }
  }
  return result;
}

function readConfig(folder: string): PeftConfig | string {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(join(folder, CONFIG_FILE), 'utf8'));
  } catch (error) {
    return error instanceof SyntaxError ? `${CONFIG_FILE} is no JSON` : `there is no ${CONFIG_FILE}`;
  }
  const config = configSchema.safeParse(value);
  if (config.success) return config.data;
  const keys = config.error.issues.map(issue => issue.path.join('.') || 'the whole');
  return `${CONFIG_FILE} does not describe a LoRA adapter (${keys.join(', ')})`;
}

function unsupportedIn(config: PeftConfig): string | null {
  const holds = (record: Record<string, unknown> | null) => record !== null && Object.keys(record).length > 0;
  if (config.peft_type !== 'LORA') return `it is of type ${config.peft_type}, not LORA`;
  if (config.use_dora) return 'it is a DoRA adapter (use_dora)';
  if (config.fan_in_fan_out) return 'its weights are transposed (fan_in_fan_out)';
  if (config.lora_bias || config.bias !== 'none') return 'it trains biases';
  if (config.modules_to_save !== null && config.modules_to_save.length > 0)
    return `it replaces whole modules (modules_to_save: ${config.modules_to_save.join(', ')})`;
  if (holds(config.rank_pattern) || holds(config.alpha_pattern))
    return 'it has another rank or alpha in some layers (rank_pattern, alpha_pattern)';
  return null;
}

function notAnAdapter(folder: string, reason: string): CodedError {
  return {
    code: 'adapter.notAnAdapter',
    title: 'The folder is not a PEFT adapter.',
    cause: `${folder}: ${reason}.`,
    remedy: `Choose a GGUF adapter, or a folder with ${CONFIG_FILE} and ${WEIGHTS_FILE}.`,
  };
}

function unsupported(folder: string, reason: string): CodedError {
  return {
    code: 'adapter.unsupported',
    title: 'The PEFT adapter cannot be gone on from.',
    cause: `${folder}: ${reason}.`,
    remedy: 'Choose an adapter of plain LoRA matrices.',
  };
}
