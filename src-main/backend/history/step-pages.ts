/** The steps of a run one page after the other, so that a long run takes no memory. */
import type { StepMetric } from '../../../src-shared/domain/training.ts';
import type { RunStore } from '../ports.ts';

const PAGE = 10_000;

export function* stepPages(store: Pick<RunStore, 'steps'>, id: string): Generator<readonly StepMetric[]> {
  for (let at = 0; ; ) {
    const { steps } = store.steps(id, at, PAGE);
    if (steps.length === 0) return;
    yield steps;
    at += steps.length;
  }
}
