/** Everything in the data folder, largest first; what may go can be ticked, what stays says why. */
import { formatBytes } from '../../format/numbers.ts';
import { formatStarted } from '../../format/times.ts';
import { diskStrings as strings } from '../../strings/disk.ts';
import type { Disk } from './use-disk.ts';

/** The small rest is in the sums; ten thousand rows would help nobody. */
const SHOWN = 500;

export function DiskTable({ disk }: { readonly disk: Disk }) {
  const { columns } = strings;
  const chosen = new Set(disk.chosen.map(({ id }) => id));
  const shown = disk.items.filter((item, i) => i < SHOWN || chosen.has(item.id));
  return (
    <section className="card disk-table" aria-label={strings.table}>
      <table className="table" aria-label={strings.table}>
        <thead>
          <tr>
            <th className="disk-choose">
              <span className="sr-only">{columns.choose}</span>
            </th>
            <th>{columns.what}</th>
            <th className="disk-kind">{columns.kind}</th>
            <th className="num disk-size-column">{columns.size}</th>
            <th className="disk-used">{columns.used}</th>
            <th className="disk-why">{columns.why}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map(item => (
            <tr key={item.id}>
              <td className="disk-choose">
                {item.cleanUp !== 'keep' && (
                  <input
                    type="checkbox"
                    aria-label={strings.choose(item.name, strings.kinds[item.kind])}
                    checked={chosen.has(item.id)}
                    onChange={event => disk.choose(item, event.target.checked)}
                  />
                )}
              </td>
              <td title={item.id}>{item.name}</td>
              <td className="disk-kind soft">{strings.kinds[item.kind]}</td>
              <td className="num disk-size-column">{formatBytes(item.bytes)}</td>
              <td className="disk-used soft">
                {item.usedAt === null ? strings.never : formatStarted(item.usedAt, new Date())}
              </td>
              <td className="disk-why soft">
                {strings.outcomes[item.cleanUp]} {item.reason}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
