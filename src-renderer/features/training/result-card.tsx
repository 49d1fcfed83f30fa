/** What a run left behind: its adapter, its loss, and for the demo how often it answers exactly. */
import type { DemoScore } from '../../../src-shared/domain/training.ts';
import { formatCount, formatLoss, formatShare } from '../../format/numbers.ts';
import { strings } from '../../strings.ts';
import { Card } from '../../ui/card.tsx';
import { adapterPathOf, bestAdapterPathOf, demoScoreOf, type RunState } from './run-state.ts';
import { lastValue } from './step-columns.ts';

export function ResultCard({ run }: { readonly run: RunState }) {
  const adapterPath = adapterPathOf(run);
  const bestAdapterPath = bestAdapterPathOf(run);
  const score = demoScoreOf(run);
  const first = run.steps.buffers.loss[0];
  const last = lastValue(run.steps, 'loss');
  return (
    <Card title={strings.result.title}>
      <div className="card-body result">
        <dl className="facts facts-left">
          <dt>{strings.result.adapter}</dt>
          <dd className={adapterPath ? 'mono' : 'soft'}>{adapterPath ?? strings.result.noAdapter}</dd>
          {bestAdapterPath && bestAdapterPath !== adapterPath && (
            <>
              <dt>{strings.result.bestAdapter}</dt>
              <dd className="mono">{bestAdapterPath}</dd>
            </>
          )}
          {first !== undefined && last !== undefined && run.steps.length > 0 && (
            <>
              <dt>{strings.result.firstLast}</dt>
              <dd>
                {formatLoss(first)} → {formatLoss(last)}
              </dd>
            </>
          )}
        </dl>
        {score && <ExactMatch score={score} />}
      </div>
    </Card>
  );
}

function ExactMatch({ score }: { readonly score: DemoScore }) {
  return (
    <div className="exact-match">
      <h3>
        {strings.result.exactMatch}{' '}
        <span className="unit">{strings.result.heldOut(formatCount(score.heldOut))}</span>
      </h3>
      <Match name={strings.result.base} share={score.baseExactMatch} isTuned={false} />
      <Match name={strings.result.tuned} share={score.tunedExactMatch} isTuned />
    </div>
  );
}

interface MatchProps {
  readonly name: string;
  readonly share: number;
  readonly isTuned: boolean;
}

function Match({ name, share, isTuned }: MatchProps) {
  return (
    <div className={isTuned ? 'match is-tuned' : 'match'}>
      <span className="soft">{name}</span>
      <span className="bar" aria-hidden="true">
        <span style={{ width: `${share * 100}%` }} />
      </span>
      <strong className="num">{formatShare(share)}</strong>
    </div>
  );
}
