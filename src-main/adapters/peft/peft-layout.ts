/** How PEFT and GGUF name and order an adapter's matrices; shared by reading and writing. */

/** What of the model decides how its adapter is laid out. */
export interface ModelHeads {
  readonly architecture: string;
  readonly heads: number;
  readonly keyValueHeads: number;
}

export const CONFIG_FILE = 'adapter_config.json';
export const WEIGHTS_FILE = 'adapter_model.safetensors';

/** Hugging Face's module → GGUF's, as in llama.cpp's tensor mapping. */
export const MODULES: Readonly<Record<string, string>> = {
  'self_attn.q_proj': 'attn_q',
  'self_attn.k_proj': 'attn_k',
  'self_attn.v_proj': 'attn_v',
  'self_attn.o_proj': 'attn_output',
  'self_attn.qkv_proj': 'attn_qkv',
  'mlp.gate_proj': 'ffn_gate',
  'mlp.up_proj': 'ffn_up',
  'mlp.gate_up_proj': 'ffn_up',
  'mlp.down_proj': 'ffn_down',
};

/** Architectures whose GGUF interleaves the halves that the rotary embedding turns (LlamaModel.permute). */
export const PERMUTED = new Set(['llama', 'granite']);
