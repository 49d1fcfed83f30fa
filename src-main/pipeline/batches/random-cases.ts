/** Seeded data sets for the property tests of batches: many lengths, batch sizes and options. */
import { createRandom } from '../random.ts';
import type { CollatedExample } from './collate.ts';
import type { PlanOptions } from './training-plan.ts';

export interface RandomCase {
  readonly name: string;
  readonly options: PlanOptions;
  readonly examples: readonly CollatedExample[];
}

/** `count` cases; the i-th is the same in every run. Labels are trained or not at random, index 0 included. */
export function randomCases(count: number): RandomCase[] {
  return Array.from({ length: count }, (_, seed) => {
    const random = createRandom(seed, 99);
    const below = (bound: number) => random() % bound;
    const maxLength = 2 + below(seed % 3 === 0 ? 6 : 60);
    const examples = Array.from({ length: 1 + below(90) }, () => {
      const tokens = 2 + below(maxLength - 1);
      const inputIds = Int32Array.from({ length: tokens }, () => 1 + below(500));
      return { inputIds, labels: inputIds.map(id => (below(3) === 0 ? -100 : id)) };
    });
    const options: PlanOptions = {
      lengths: Uint32Array.from(examples, example => example.inputIds.length),
      strategy: seed % 2 === 0 ? 'pad' : 'pack',
      maxLength,
      groupByLength: below(2) === 1,
      shuffle: below(3) > 0,
      epochs: 2,
      maxSteps: null,
      batchSize: 1 + below(5),
      gradientAccumulationSteps: 1 + below(4),
      seed,
    };
    const { strategy, groupByLength, shuffle } = options;
    return { name: `${seed}: ${strategy}, grouped ${groupByLength}, shuffled ${shuffle}`, options, examples };
  });
}
