/** The row's loss in its panel, or why there is none. */
import { formatLoss } from '../../format/numbers.ts';
import { inspectorStrings as strings } from '../../strings/inspector.ts';
import type { ShownExample } from './use-example.ts';
import type { ShownLosses } from './use-token-losses.ts';

interface RowLossPartProps {
  readonly losses: ShownLosses;
  readonly shown: ShownExample;
}

export function RowLossPart({ losses, shown }: RowLossPartProps) {
  if (losses.isMissing) return <p className="pane-part small soft">{strings.notMeasured}</p>;
  if (losses.mean === null) return null;
  const first = shown.tokenAt(0);
  const isOther = first !== null && !losses.fits(0, first.id);
  return (
    <div className="pane-part">
      {isOther ? (
        <p className="small soft">{strings.otherTokens}</p>
      ) : (
        <>
          <dl className="facts facts-numbers">
            <dt>{strings.rowLoss}</dt>
            <dd>{formatLoss(losses.mean)}</dd>
          </dl>
          <p className="small quiet">{strings.heat}</p>
        </>
      )}
    </div>
  );
}
