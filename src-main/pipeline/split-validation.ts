/** Which examples are held back for evaluation: seeded, and never an example that is also trained on. */

/** A hash of what an example holds, in [0, 2³²): equal examples have equal hashes (FNV-1a, then mixed). */
export function exampleHash(inputIds: Int32Array, seed: number): number {
  let hash = 0x811c9dc5 ^ seed;
  for (const id of inputIds) {
    for (let shift = 0; shift < 32; shift += 8) {
      hash = Math.imul(hash ^ ((id >>> shift) & 0xff), 0x01000193);
    }
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/**
 * The bound below which hashes are held back, so that about `fraction` of the examples are, and at
 * least one is left to train on. Equal examples share a hash, so they stay on one side.
 */
export function validationBound(hashes: Uint32Array, fraction: number): number {
  const wanted = Math.floor(hashes.length * fraction);
  if (wanted === 0) return 0;
  const sorted = hashes.slice().sort();
  return sorted[wanted] ?? 0;
}
