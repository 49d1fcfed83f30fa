/** Why a run failed or was interrupted, what to do, and what Resume would do. */
import type { ReactNode } from 'react';
import { formatCount } from '../../format/numbers.ts';
import { strings } from '../../strings.ts';
import { Callout, ErrorCallout } from '../../ui/callout.tsx';
import { endsAgain, errorOf, type RunState, statusOf } from './run-state.ts';

export function RunEndNotice({ run }: { readonly run: RunState }): ReactNode {
  const status = statusOf(run);
  const error = errorOf(run);
  if (status !== 'failed' && status !== 'interrupted') return error && <ErrorCallout error={error} />;
  const note = whatResumeDoes(run);
  if (error) return <ErrorCallout error={error} note={note} />;
  if (status === 'failed')
    return (
      <Callout tone="error" title={strings.result.failed}>
        <p className="wrap">{note}</p>
      </Callout>
    );
  return (
    <Callout tone="warn" title={strings.result.interruptedTitle}>
      <p>{strings.result.interruptedCause}</p>
      <p className="wrap">{note}</p>
    </Callout>
  );
}

function whatResumeDoes(run: RunState): string {
  if (endsAgain(run)) return strings.result.resumeEndsAgain;
  const checkpoint = run.checkpoints.at(-1);
  return checkpoint ? strings.result.resumeFrom(formatCount(checkpoint.step)) : strings.result.resumeAnew;
}
