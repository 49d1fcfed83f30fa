/** What would train, in numbers that add up; after a fix beside what it was before. */
import { Fragment } from 'react';
import type { PreflightReport, PreflightTotals } from '../../../src-shared/domain/preflight.ts';
import { formatBytes, formatCount } from '../../format/numbers.ts';
import { formatStepTime } from '../../format/times.ts';
import { wizardStrings } from '../../strings/wizard.ts';
import { strings as appStrings } from '../../strings.ts';
import { Card } from '../../ui/card.tsx';
import { Assumptions } from './assumptions.tsx';

const strings = wizardStrings.preflight;

interface TotalsCardProps {
  readonly report: PreflightReport;
  /** The totals before the last fix. */
  readonly before: PreflightTotals | null;
  readonly isOld: boolean;
}

export function TotalsCard({ report, before, isOld }: TotalsCardProps) {
  const { totals, estimate } = report;
  const rows: [string, (of: PreflightTotals) => number][] = [
    [strings.kept, of => of.kept],
    [strings.dropped, droppedOf],
    [strings.read, of => of.tokens],
    [strings.trained, of => of.trainableTokens],
    [strings.cut, of => of.truncatedExamples],
    [strings.steps, of => of.steps],
  ];
  const { p50, max } = totals.lengths;
  const reasons = Object.entries(totals.dropped).filter(([, count]) => count > 0);
  return (
    <Card title={strings.what} className={isOld ? 'is-old' : ''}>
      <div className="card-body stack-3">
        <table className="totals">
          <thead className={before ? '' : 'sr-only'}>
            <tr>
              <th scope="col">
                <span className="sr-only">{strings.what}</span>
              </th>
              {before && (
                <th scope="col" className="num">
                  {strings.before}
                </th>
              )}
              <th scope="col" className="num">
                {strings.now}
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(([name, of]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                {before && <td className="num quiet">{formatCount(of(before))}</td>}
                <td className={`num strong${of(totals) === 0 && NEVER_ZERO.has(name) ? ' error' : ''}`}>
                  {formatCount(of(totals))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        {reasons.length > 0 && (
          <dl className="facts facts-numbers small">
            {reasons.map(([reason, count]) => (
              <Fragment key={reason}>
                <dt>{appStrings.preflight.reasons[reason] ?? reason}</dt>
                <dd>{formatCount(count)}</dd>
              </Fragment>
            ))}
          </dl>
        )}
        <p className="small quiet">
          {strings.adds(
            formatCount(totals.kept),
            formatCount(droppedOf(totals)),
            formatCount(totals.examples),
          )}
        </p>
        <dl className="facts facts-numbers">
          <dt>{appStrings.preflight.lengths}</dt>
          <dd>{appStrings.preflight.lengthsOf(formatCount(p50), formatCount(max))}</dd>
          <dt>{appStrings.preflight.memory}</dt>
          <dd>{formatBytes(estimate.memoryBytes)}</dd>
          <dt>{appStrings.preflight.perStep}</dt>
          <dd>
            {estimate.secondsPerStep === null
              ? appStrings.preflight.notMeasured
              : formatStepTime(estimate.secondsPerStep * 1000)}
          </dd>
        </dl>
      </div>
      <Assumptions lines={estimate.assumptions} />
    </Card>
  );
}

const NEVER_ZERO: ReadonlySet<string> = new Set([strings.kept, strings.trained, strings.steps]);

function droppedOf(totals: PreflightTotals): number {
  return Object.values(totals.dropped).reduce((sum, count) => sum + count, 0);
}
