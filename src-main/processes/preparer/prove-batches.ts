/** Compares the batches of a run with the prepared dataset that they come from, before anything is trained. */
import type { Check } from '../../../src-shared/domain/preflight.ts';
import type { Recipe } from '../../../src-shared/recipe/schema.ts';
import { planBatches } from '../../adapters/prepared/prepared-batches.ts';
import type { PreparedDataset } from '../../adapters/prepared/prepared-reader.ts';
import { CollationProof } from '../../pipeline/batches/collation-proof.ts';
import { checkCollation } from '../../pipeline/preflight/check-collation.ts';

/** Examples that are compared token by token at most, evenly over the epoch: a second at the very most. */
const COMPARED_EXAMPLES = 20_000;
const COMPARED_TOKENS = 4_000_000;

/**
 * That every training and validation example is in one batch is seen from the index, over all of them;
 * tokens, labels, positions and sequences are compared in every batch of a small dataset, else in every
 * n-th.
 */
export function proveBatches(dataset: PreparedDataset, recipe: Recipe): Check[] {
  const indices = [...dataset.indicesOf('training'), ...dataset.indicesOf('validation')];
  const allTokens = indices.reduce((sum, index) => sum + dataset.summary(index).tokens, 0);
  const every = Math.ceil(Math.max(indices.length / COMPARED_EXAMPLES, allTokens / COMPARED_TOKENS));
  const seen = new Uint8Array(dataset.examples);
  const proof = new CollationProof();
  let batches = 0;
  for (const { places, collate } of planBatches(dataset, recipe).inWholeEpoch()) {
    for (const place of places.flat()) seen[place] = Math.min(2, (seen[place] ?? 0) + 1);
    if (batches++ % every > 0) continue;
    const { rows, batch } = collate();
    proof.add(rows, batch);
  }
  const misplaced = indices.filter(index => seen[index] !== 1).map(index => dataset.summary(index).row);
  return checkCollation({ faults: proof.faults(), allTokens, misplaced });
}
