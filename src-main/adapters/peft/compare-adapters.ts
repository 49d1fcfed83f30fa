/** Whether two adapter files are the same, byte by byte; where they are not, how far apart their matrices are. */
import { existsSync, statSync } from 'node:fs';
import type { AdapterComparison } from '../../../src-shared/domain/repetition.ts';
import { sha256Of } from '../checkpoints/durable-files.ts';
import type { AdapterMatrix } from './adapter-gguf.ts';
import { readAdapterGguf } from './read-adapter-gguf.ts';

/** Null where one of the files is not there. */
export async function compareAdapters(before: string, now: string): Promise<AdapterComparison | null> {
  if (!existsSync(before) || !existsSync(now)) return null;
  const [one, other] = await Promise.all([sha256Of(before), sha256Of(now)]);
  return one === other ? { kind: 'same', sha256: one, bytes: statSync(now).size } : differenceOf(before, now);
}

function differenceOf(before: string, now: string): AdapterComparison {
  const [one, other] = [readAdapterGguf(before), readAdapterGguf(now)];
  if (typeof one === 'string' || typeof other === 'string') {
    return { kind: 'different', matrices: 0, differing: 0, largestDifference: null };
  }
  const others = new Map(other.matrices.map(matrix => [matrix.name, matrix]));
  const names = new Set([...one.matrices.map(({ name }) => name), ...others.keys()]);
  const distances = one.matrices.flatMap(matrix => {
    const match = others.get(matrix.name);
    return match ? [distanceOf(matrix, match)] : [];
  });
  const lacking = names.size - distances.length;
  const differing = distances.filter(distance => distance !== 0).length + lacking;
  const largest = lacking > 0 ? Number.NaN : distances.reduce((most, one) => (one > most ? one : most), 0);
  const isKnown = Number.isFinite(largest) && distances.every(Number.isFinite);
  return {
    kind: 'different',
    matrices: names.size,
    differing,
    largestDifference: isKnown ? largest : null,
  };
}

/** The largest distance between two values at the same place; not a number where shapes differ or a value is none. */
function distanceOf(one: AdapterMatrix, other: AdapterMatrix): number {
  if (one.shape.join() !== other.shape.join()) return Number.NaN;
  let largest = 0;
  for (let i = 0; i < one.values.length; i++) {
    const distance = Math.abs((one.values[i] ?? 0) - (other.values[i] ?? 0));
    if (!(distance <= largest)) largest = distance;
    if (Number.isNaN(largest)) return largest;
  }
  return largest;
}
