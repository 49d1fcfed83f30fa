/** What is about to go, each with its size: the first of them by name, the rest as a number. */
import { formatBytes, formatCount } from '../../format/numbers.ts';
import { historyStrings as strings } from '../../strings/history.ts';

interface SizedListProps {
  readonly items: readonly { readonly id: string; readonly name: string; readonly bytes: number }[];
}

/** The rest is in the sum. */
const NAMED = 12;

export function SizedList({ items }: SizedListProps) {
  return (
    <ul className="history-file-list">
      {items.slice(0, NAMED).map(({ id, name, bytes }) => (
        <li key={id} className="row">
          <span className="grow clip">{name}</span>
          <span className="num">{formatBytes(bytes)}</span>
        </li>
      ))}
      {items.length > NAMED && (
        <li className="quiet">{strings.filesMore(formatCount(items.length - NAMED))}</li>
      )}
    </ul>
  );
}
