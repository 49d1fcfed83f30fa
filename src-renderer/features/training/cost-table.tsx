/** What a run takes beside what preflight expected of it: memory, and time per step. */
import type { RunDetails } from '../../../src-shared/domain/run.ts';
import { formatBytes } from '../../format/numbers.ts';
import { formatStepTime } from '../../format/times.ts';
import { runPageStrings } from '../../strings/run-page.ts';
import type { RunState } from './run-state.ts';
import { lastValue } from './step-columns.ts';

const words = runPageStrings.cost;

interface CostTableProps {
  readonly run: RunState;
  readonly estimate: RunDetails['preflight']['estimate'];
}

/** Time per step: over all steps that were done, evaluations and checkpoints included. */
export function CostTable({ run, estimate }: CostTableProps) {
  const memory = lastValue(run.steps, 'memoryBytes');
  const [elapsedMs, done] = [lastValue(run.steps, 'elapsedMs'), lastValue(run.steps, 'step')];
  const stepMs = elapsedMs === undefined || !done ? null : elapsedMs / done;
  const expectedMs = estimate.secondsPerStep === null ? null : estimate.secondsPerStep * 1000;
  return (
    <table className="cost" aria-label={words.title}>
      <thead>
        <tr>
          <td />
          <th scope="col">{words.measured}</th>
          <th scope="col">{words.expected}</th>
        </tr>
      </thead>
      <tbody>
        <tr>
          <th scope="row">{words.memory}</th>
          <td>{memory === undefined ? words.none : formatBytes(memory)}</td>
          <td>{formatBytes(estimate.memoryBytes)}</td>
        </tr>
        <tr>
          <th scope="row">{words.time}</th>
          <td>{stepMs === null ? words.none : formatStepTime(stepMs)}</td>
          <td>{expectedMs === null ? words.notProbed : formatStepTime(expectedMs)}</td>
        </tr>
      </tbody>
    </table>
  );
}
