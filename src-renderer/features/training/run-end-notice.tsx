/** Why a run failed or was interrupted: title, cause and remedy. */
import { strings } from '../../strings.ts';
import { Callout, ErrorCallout } from '../../ui/callout.tsx';
import { errorOf, type RunState, statusOf } from './run-state.ts';

export function RunEndNotice({ run }: { readonly run: RunState }) {
  const status = statusOf(run);
  const error = errorOf(run);
  if (error) return <ErrorCallout error={error} />;
  if (status === 'failed') return <Callout tone="error" title={strings.result.failed} />;
  if (status !== 'interrupted') return null;
  return (
    <Callout tone="warn" title={strings.result.interruptedTitle}>
      <p>{strings.result.interruptedCause}</p>
    </Callout>
  );
}
