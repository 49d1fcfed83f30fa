/** The six numbers that sum up where a run stands. */
import type { ReactNode } from 'react';
import { bestEvaluation } from '../../../src-shared/domain/training.ts';
import { formatLarge, formatLoss } from '../../format/numbers.ts';
import { formatElapsed, formatStepTime } from '../../format/times.ts';
import { strings } from '../../strings.ts';
import { stepTimeMs } from './forecast.ts';
import type { RunState } from './run-state.ts';
import { lastValue } from './step-columns.ts';

const NONE = '–';

export function RunFigures({ run }: { readonly run: RunState }) {
  const { steps, evaluations } = run;
  const loss = lastValue(steps, 'loss');
  const elapsed = lastValue(steps, 'elapsedMs');
  const stepTime = stepTimeMs(steps);
  const best = bestEvaluation(evaluations);
  const evaluation = evaluations.at(-1);
  return (
    <dl className="figures">
      <Figure name={strings.run.loss}>{loss === undefined ? NONE : formatLoss(loss)}</Figure>
      <Figure name={strings.run.evaluation}>{evaluation ? formatLoss(evaluation.loss) : NONE}</Figure>
      <Figure name={best ? strings.run.bestAt(formatLarge(best.step)) : strings.run.best}>
        {best ? formatLoss(best.loss) : NONE}
      </Figure>
      <Figure name={strings.run.trainingTime}>{elapsed === undefined ? NONE : formatElapsed(elapsed)}</Figure>
      <Figure name={strings.run.perStep}>{stepTime === null ? NONE : formatStepTime(stepTime)}</Figure>
      <Figure name={strings.run.trainedTokens}>{formatLarge(lastValue(steps, 'trainedTotal') ?? 0)}</Figure>
    </dl>
  );
}

function Figure({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
