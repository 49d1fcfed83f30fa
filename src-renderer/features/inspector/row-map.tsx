/** All examples at a glance: a bar for each (or for some neighbours), and where the shown row stands. */

import { useAnswer } from '../../backend-client/use-answer.ts';
import { formatCount } from '../../format/numbers.ts';
import { inspectorStrings as strings } from '../../strings/inspector.ts';

const BARS = 160;

interface RowMapProps {
  readonly preparedId: string | null;
  readonly row: number;
  onRow(row: number): void;
}

export function RowMap({ preparedId, row, onRow }: RowMapProps) {
  const map = useAnswer('labels.map', preparedId === null ? null : { preparedId, bars: BARS });
  if (!map.value || map.value.examples === 0) return <div className="row-map" />;
  const { bars, examples } = map.value;
  const sums = bars.map(bar => (bar.trained + bar.masked + bar.cut) / bar.examples);
  const highest = Math.max(...sums, 1);
  const current = bars.findLastIndex(bar => bar.firstIndex <= row);
  const each = bars[0]?.examples ?? 1;
  return (
    <div>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: a shortcut for the pointer; the row number does the same by keyboard */}
      <div
        className="row-map"
        role="img"
        aria-label={strings.mapLabel(formatCount(examples))}
        onClick={event => {
          const { left, width } = event.currentTarget.getBoundingClientRect();
          const bar = bars[Math.floor(((event.clientX - left) / width) * bars.length)];
          if (bar) onRow(bar.firstIndex);
        }}
      >
        {bars.map((bar, i) => {
          const share = (part: number) => `${(part / bar.examples / highest) * 100}%`;
          return (
            <i
              key={bar.firstIndex}
              data-current={i === current || undefined}
              data-dropped={bar.dropped > 0 || undefined}
            >
              <b style={{ height: share(bar.trained) }} />
              <u style={{ height: share(bar.masked) }} />
              <s style={{ height: share(bar.cut) }} />
            </i>
          );
        })}
      </div>
      <div className="row small quiet row-map-foot">
        <span className="grow clip">{strings.mapBars(formatCount(each))}</span>
        <Legend />
      </div>
    </div>
  );
}

function Legend() {
  return (
    <span className="legend" aria-hidden="true">
      {(['trained', 'masked', 'cut'] as const).map(state => (
        <span key={state}>
          <i className={`key fill-${state}`} />
          {strings.states[state]}
        </span>
      ))}
    </span>
  );
}
