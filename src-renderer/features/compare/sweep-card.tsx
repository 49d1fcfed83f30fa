/** What a setting does: the outcomes of the runs of each value, the best one marked. */
import type { Summary } from '../../../src-shared/comparison/sweep.ts';
import { formatLoss } from '../../format/numbers.ts';
import { compareStrings as strings } from '../../strings/compare.ts';
import { Card } from '../../ui/card.tsx';
import type { Sweep } from './run-looks.ts';

interface SweepCardProps {
  readonly sweep: Sweep;
  hrefOfRun(id: string): string;
}

export function SweepCard({ sweep: { key, groups }, hrefOfRun }: SweepCardProps) {
  const title = strings.sweep(key);
  const lowest = (measure: 'bestEvaluation' | 'lastLoss') =>
    Math.min(...groups.map(group => group[measure]?.lowest ?? Number.POSITIVE_INFINITY));
  const best = { bestEvaluation: lowest('bestEvaluation'), lastLoss: lowest('lastLoss') };
  return (
    <Card title={title}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset does not scroll */}
      <div className="compare-table sweep" tabIndex={0} role="group" aria-label={title}>
        <table className="table" aria-label={title}>
          <thead>
            <tr>
              <th scope="col">{key}</th>
              <th scope="col" className="num">
                {strings.outcomes.bestEvaluation}
              </th>
              <th scope="col" className="num">
                {strings.outcomes.lastLoss}
              </th>
              <th scope="col">{strings.runsOf}</th>
            </tr>
          </thead>
          <tbody>
            {groups.map(({ value, runs, ...group }) => (
              <tr key={value ?? ''}>
                <th scope="row">
                  <code>{value ?? strings.unset}</code>
                </th>
                {(['bestEvaluation', 'lastLoss'] as const).map(measure => (
                  <td
                    key={measure}
                    className={group[measure]?.lowest === best[measure] ? 'num ok compare-best' : 'num'}
                  >
                    {inWords(group[measure], runs.length)}
                    {groups.length > 1 && group[measure]?.lowest === best[measure] && ` ${strings.better}`}
                  </td>
                ))}
                <td>
                  {runs.map(({ id, name }, i) => (
                    <span key={id}>
                      {i > 0 && ', '}
                      <a href={hrefOfRun(id)}>{name}</a>
                    </span>
                  ))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}

/** A single run has no mean of its own. */
function inWords(summary: Summary | null, runs: number): string {
  if (summary === null) return strings.notMeasured;
  const lowest = formatLoss(summary.lowest);
  return runs === 1 ? lowest : `${lowest} ${strings.lowest}, ${formatLoss(summary.mean)} ${strings.mean}`;
}
