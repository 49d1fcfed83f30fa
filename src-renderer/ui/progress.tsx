/** A determinate progress bar with optional marks, such as the ends of epochs. */

interface ProgressProps {
  readonly label: string;
  readonly valueText: string;
  readonly value: number;
  readonly max: number;
  /** Shares from 0 to 1. */
  readonly ticks?: readonly number[];
}

export function Progress({ label, valueText, value, max, ticks = [] }: ProgressProps) {
  const share = max > 0 ? Math.min(1, value / max) : 0;
  return (
    <div
      className="progress"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuenow={value}
      aria-valuemax={max}
      aria-valuetext={valueText}
    >
      <span className="progress-done" style={{ width: `${share * 100}%` }} />
      {ticks.map(tick => (
        <span key={tick} className="progress-tick" style={{ left: `${tick * 100}%` }} />
      ))}
    </div>
  );
}
