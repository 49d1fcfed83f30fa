/** The worst rows of a measurement, one button each. */
import type { LossReport, RowLoss } from '../../../src-shared/domain/row-losses.ts';
import { formatCount, formatLoss } from '../../format/numbers.ts';
import { quotedPiece } from '../../format/token-text.ts';
import { worstStrings as strings } from '../../strings/worst.ts';

interface WorstListProps {
  readonly report: LossReport;
  readonly chosen: RowLoss | null;
  onChoose(row: RowLoss): void;
}

const NAMED_TOKENS = 3;

export function WorstList({ report, chosen, onChoose }: WorstListProps) {
  return (
    <ol className="worst-list" aria-label={strings.list}>
      {report.worst.map(row => (
        <li key={`${row.row}.${row.part}`}>
          <button type="button" aria-pressed={row === chosen} onClick={() => onChoose(row)}>
            <span className="row worst-row-head">
              <b>{strings.row(formatCount(row.row))}</b>
              {row.part > 0 && <span className="soft">{strings.part(formatCount(row.part + 1))}</span>}
              <span className="quiet grow">{strings.trained(formatCount(row.trainedTokens))}</span>
              <b className="num">{formatLoss(row.loss)}</b>
            </span>
            <span className="worst-excerpt mono clip">{row.excerpt}</span>
            <span className="small soft clip">
              {strings.worstTokens(
                row.worstTokens
                  .slice(0, NAMED_TOKENS)
                  .map(({ text, loss }) => `${quotedPiece(text)} ${formatLoss(loss)}`)
                  .join(', '),
              )}
            </span>
          </button>
        </li>
      ))}
    </ol>
  );
}
