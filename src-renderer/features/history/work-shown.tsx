/** Where a dialog's long work stands: how far it is, with a way to stop; stopped, failed, or what came of it. */
import type { ReactNode } from 'react';
import type { WorkProgress } from '../../backend-client/call-with-progress.ts';
import type { Work } from '../../backend-client/use-long-work.ts';
import { ErrorCallout } from '../../ui/callout.tsx';
import { StoppableProgress } from '../../ui/stoppable-progress.tsx';

interface WorkShownProps<R> {
  readonly work: Work<R>;
  readonly label: string;
  readonly strings: { readonly stop: string; readonly stopped: string };
  /** Null before the first word of its progress. */
  wordsOf(progress: WorkProgress | null): string;
  reportOf(value: R): ReactNode;
  onStop(): void;
}

export function WorkShown<R>({ work, label, strings, wordsOf, reportOf, onStop }: WorkShownProps<R>) {
  switch (work.kind) {
    case 'idle':
      return null;
    case 'running':
      return (
        <StoppableProgress
          label={label}
          words={wordsOf(work.progress)}
          done={work.progress?.done ?? 0}
          total={work.progress?.total ?? null}
          stop={strings.stop}
          onStop={onStop}
        />
      );
    case 'stopped':
      return <p className="wrap">{strings.stopped}</p>;
    case 'failed':
      return <ErrorCallout error={work.error} />;
    case 'done':
      return reportOf(work.value);
  }
}
