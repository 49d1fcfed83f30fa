/** What would train, in numbers that add up: kept and dropped conversations, tokens, steps, memory. */
import { Fragment } from 'react';
import type { PreflightReport } from '../../../src-shared/domain/preflight.ts';
import { formatBytes, formatCount } from '../../format/numbers.ts';
import { formatStepTime } from '../../format/times.ts';
import { strings } from '../../strings.ts';
import { Card } from '../../ui/card.tsx';

export function TotalsCard({ report }: { readonly report: PreflightReport }) {
  const { totals, estimate } = report;
  const { p50, p95, max } = totals.lengths;
  const dropped = Object.entries(totals.dropped).filter(([, count]) => count > 0);
  return (
    <Card title={strings.preflight.totals}>
      <div className="card-body">
        <dl className="facts facts-numbers">
          <dt>{strings.preflight.examples}</dt>
          <dd>{formatCount(totals.examples)}</dd>
          <dt>{strings.preflight.kept}</dt>
          <dd className={totals.kept === 0 ? 'error' : ''}>{formatCount(totals.kept)}</dd>
          {dropped.map(([reason, count]) => (
            <Fragment key={reason}>
              <dt>{strings.preflight.dropped(strings.preflight.reasons[reason] ?? reason)}</dt>
              <dd>{formatCount(count)}</dd>
            </Fragment>
          ))}
          <dt>{strings.preflight.tokens}</dt>
          <dd>{formatCount(totals.tokens)}</dd>
          <dt>{strings.preflight.trained}</dt>
          <dd className={totals.trainableTokens === 0 ? 'error' : ''}>
            {formatCount(totals.trainableTokens)}
          </dd>
          <dt>{strings.preflight.truncated}</dt>
          <dd>{formatCount(totals.truncatedExamples)}</dd>
          <dt>{strings.preflight.steps}</dt>
          <dd>{formatCount(totals.steps)}</dd>
          <dt>{strings.preflight.lengths}</dt>
          <dd>{[p50, p95, max].map(formatCount).join(' · ')}</dd>
          <dt>{strings.preflight.memory}</dt>
          <dd>{formatBytes(estimate.memoryBytes)}</dd>
          <dt>{strings.preflight.perStep}</dt>
          <dd>
            {estimate.secondsPerStep === null
              ? strings.preflight.notMeasured
              : formatStepTime(estimate.secondsPerStep * 1000)}
          </dd>
        </dl>
      </div>
      {estimate.assumptions.length > 0 && <div className="card-foot">{estimate.assumptions.join(' ')}</div>}
    </Card>
  );
}
