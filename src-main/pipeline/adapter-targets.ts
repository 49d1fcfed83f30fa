/** Which weights of a block the names of a recipe mean; the native `resolve_targets` decides the same. */

export interface ResolvedTargets {
  /** In the order of the model. */
  readonly modules: readonly string[];
  /** Names that mean no weight of the model. */
  readonly unknown: readonly string[];
}

/**
 * Where a model fuses query, key and value, the three names together mean the fused weight; ffn_gate beside ffn_up
 * is left out where the model has no such weight. `available`: what the model has, as its header says.
 */
export function resolveTargets(named: readonly string[], available: readonly string[]): ResolvedTargets {
  const wanted = new Set(named);
  const isFused = available.includes('attn_qkv') && !available.includes('attn_q');
  const parts = ['attn_q', 'attn_k', 'attn_v'];
  if (isFused && parts.every(part => wanted.has(part))) {
    for (const part of parts) wanted.delete(part);
    wanted.add('attn_qkv');
  }
  if (!available.includes('ffn_gate') && wanted.has('ffn_up')) wanted.delete('ffn_gate');
  return {
    modules: available.filter(name => wanted.has(name)),
    unknown: [...wanted].filter(name => !available.includes(name)),
  };
}
