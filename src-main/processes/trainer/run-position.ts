/** Where a run stands beside its adapter and optimizer: what decides how it goes on after a step. */

export interface RunPosition {
  /** Steps done. */
  readonly step: number;
  /** The best evaluation so far. */
  readonly best: { readonly step: number; readonly loss: number } | null;
  /** Evaluations in a row that brought nothing better. */
  readonly evaluationsWithoutGain: number;
  /** The evaluation at this very step; null where there was none. */
  readonly evaluationLoss: number | null;
  /** The step's update is done, what is due after it is not. */
  readonly isStepUnfinished: boolean;
}

export const AT_THE_START: RunPosition = {
  step: 0,
  best: null,
  evaluationsWithoutGain: 0,
  evaluationLoss: null,
  isStepUnfinished: false,
};

export function afterUpdate(position: RunPosition, step: number): RunPosition {
  return { ...position, step, evaluationLoss: null, isStepUnfinished: true };
}

/** The first of equal losses stays the best. A loss that is no number is never the best. */
export function afterEvaluation(position: RunPosition, loss: number): RunPosition {
  const isBetter = position.best === null ? Number.isFinite(loss) : loss < position.best.loss;
  return {
    ...position,
    evaluationLoss: loss,
    best: isBetter ? { step: position.step, loss } : position.best,
    evaluationsWithoutGain: isBetter ? 0 : position.evaluationsWithoutGain + 1,
  };
}

/** For a run that lost its patience and is to go on nevertheless. */
export function withFreshPatience(position: RunPosition): RunPosition {
  return { ...position, evaluationsWithoutGain: 0 };
}
