/** Why a run failed or was interrupted: title, cause, remedy, and how its process ended. */
import { strings } from '../../strings.ts';
import { Callout, ErrorCallout } from '../../ui/callout.tsx';
import { errorOf, type RunState, statusOf } from './run-state.ts';

export function RunEndNotice({ run }: { readonly run: RunState }) {
  const status = statusOf(run);
  const error = errorOf(run);
  if (error) {
    return (
      <ErrorCallout error={error}>
        <ProcessEnd run={run} />
      </ErrorCallout>
    );
  }
  if (status === 'failed') {
    return (
      <Callout tone="error" title={strings.result.failed}>
        <ProcessEnd run={run} />
      </Callout>
    );
  }
  if (status !== 'interrupted') return null;
  return (
    <Callout tone="warn" title={strings.result.interruptedTitle}>
      <p>{strings.result.interruptedCause}</p>
      <ProcessEnd run={run} />
    </Callout>
  );
}

function ProcessEnd({ run }: { readonly run: RunState }) {
  const exit = run.record?.processExit;
  if (!exit) return null;
  const facts = [
    exit.exitCode === null ? null : strings.result.exit(String(exit.exitCode)),
    exit.signal === null ? null : strings.result.signal(exit.signal),
  ].filter(fact => fact !== null);
  return (
    <div className="process-end">
      {facts.length > 0 && <p className="small">{facts.join(', ')}</p>}
      {exit.lastLines.length > 0 && (
        <figure>
          <figcaption className="small soft">{strings.result.lastLines}</figcaption>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable text must be reachable by keyboard */}
          <pre tabIndex={0}>{exit.lastLines.join('\n')}</pre>
        </figure>
      )}
    </div>
  );
}
