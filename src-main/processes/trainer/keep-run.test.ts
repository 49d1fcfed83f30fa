import { describe, expect, it } from 'vitest';
import { stepsToKeep } from './keep-run.ts';
import { AT_THE_START, afterEvaluation, afterUpdate } from './run-position.ts';

describe('checkpoints that are kept', () => {
  it('are the newest ones, and the best however old it is', () => {
    const losses = new Map([
      [10, 0.9],
      [20, 0.5],
      [30, 0.7],
      [40, 0.8],
      [50, null],
    ]);
    expect([...stepsToKeep(losses, 2)].sort((a, b) => a - b)).toEqual([20, 40, 50]);
    expect([...stepsToKeep(losses, 9)].sort((a, b) => a - b)).toEqual([10, 20, 30, 40, 50]);
  });

  it('are the newest alone where none was evaluated', () => {
    const losses = new Map([10, 20, 30].map(step => [step, null]));
    expect([...stepsToKeep(losses, 1)]).toEqual([30]);
  });
});

describe('the best evaluation', () => {
  const at = (step: number) => afterUpdate(AT_THE_START, step);

  it('stays with the first of equal losses, and counts what brought nothing better', () => {
    const first = afterEvaluation(at(10), 0.5);
    const equal = afterEvaluation(afterUpdate(first, 20), 0.5);
    const worse = afterEvaluation(afterUpdate(equal, 30), 0.6);
    const better = afterEvaluation(afterUpdate(worse, 40), 0.4);
    expect(first).toMatchObject({ best: { step: 10, loss: 0.5 }, evaluationsWithoutGain: 0 });
    expect(worse).toMatchObject({
      best: { step: 10, loss: 0.5 },
      evaluationsWithoutGain: 2,
      evaluationLoss: 0.6,
    });
    expect(better).toMatchObject({ best: { step: 40, loss: 0.4 }, evaluationsWithoutGain: 0 });
  });

  it('is of this step alone: the next update forgets what was evaluated', () => {
    expect(afterUpdate(afterEvaluation(at(10), 0.5), 11).evaluationLoss).toBe(null);
  });
});
