/** The tokens of a row as a table: for those who read it with a screen reader, or want the numbers. */
import { formatCount, formatLoss } from '../../format/numbers.ts';
import { quotedPiece, spacedBytes } from '../../format/token-text.ts';
import { inspectorStrings as strings } from '../../strings/inspector.ts';
import { VirtualTable } from '../../ui/virtual-table.tsx';
import { runAt } from './token-chunks.ts';
import type { ShownExample } from './use-example.ts';
import type { ShownLosses } from './use-token-losses.ts';

const COLUMNS = [
  { key: 'position', name: strings.columns.position, width: '84px' },
  { key: 'id', name: strings.columns.id, width: '72px' },
  { key: 'piece', name: strings.columns.piece },
  { key: 'bytes', name: strings.columns.bytes },
  { key: 'state', name: strings.columns.state, width: '92px' },
  { key: 'why', name: strings.columns.why, width: '40%' },
];

const LOSS_COLUMN = { key: 'loss', name: strings.columns.loss, width: '84px', isNumber: true };

interface TokenTableProps {
  readonly shown: ShownExample;
  readonly losses: ShownLosses;
}

export function TokenTable({ shown, losses }: TokenTableProps) {
  const runs = shown.example?.runs ?? [];
  return (
    <VirtualTable
      label={strings.tokens}
      columns={losses.isMeasured ? [...COLUMNS.slice(0, -1), LOSS_COLUMN, ...COLUMNS.slice(-1)] : COLUMNS}
      count={shown.example?.tokens ?? 0}
      onWindow={shown.need}
      cells={index => {
        const token = shown.tokenAt(index);
        const run = runAt(runs, index);
        const loss = losses.lossAt(index, token?.id);
        return (
          <>
            <td>{formatCount(index)}</td>
            <td>{token?.id ?? ''}</td>
            <td className="mono">{token ? quotedPiece(token.piece) : ''}</td>
            <td className="mono">{token ? spacedBytes(token.bytes) : ''}</td>
            <td>{run && <span className={`tok tok-${run.state}`}>{strings.state[run.state]}</span>}</td>
            {losses.isMeasured && <td className="num">{loss === null ? '' : formatLoss(loss)}</td>}
            <td title={run ? strings.why[run.reason] : undefined}>{run ? strings.why[run.reason] : ''}</td>
          </>
        );
      }}
    />
  );
}
