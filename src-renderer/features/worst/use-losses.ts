/** The losses of a run's rows: those kept, and a measurement that is asked for and cancelled by hand. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { CodedError } from '../../../src-shared/contract/coded-error.ts';
import { USUAL_LOSS_ROWS } from '../../../src-shared/contract/losses-procedures.ts';
import type { ProcedureOutput } from '../../../src-shared/contract/procedures.ts';
import type { LossReport, LossSplit } from '../../../src-shared/domain/row-losses.ts';
import { useBackend, useQuery } from '../../backend-client/backend-context.tsx';
import { callWithProgress, type WorkProgress } from '../../backend-client/call-with-progress.ts';
import { worstStrings as strings } from '../../strings/worst.ts';
import { useAnnounce } from '../../ui/announcer.tsx';

const TOP = 100;

type Measuring =
  | { readonly status: 'idle' }
  | { readonly status: 'running'; readonly progress: WorkProgress | null }
  | { readonly status: 'failed'; readonly error: CodedError };

export interface RunLosses {
  /** Null while it loads. */
  readonly run: Omit<ProcedureOutput<'losses.show'>, 'report'> | null;
  readonly report: LossReport | null;
  readonly error: CodedError | null;
  readonly measuring: Measuring;
  measure(): void;
  cancel(): void;
}

const IDLE: Measuring = { status: 'idle' };

export function useLosses(id: string, split: LossSplit): RunLosses {
  const client = useBackend();
  const announce = useAnnounce();
  const shown = useQuery('losses.show', { id, split, top: TOP });
  const { reload } = shown;
  const [measuring, setMeasuring] = useState<Measuring>(IDLE);
  const asking = useRef<AbortController | null>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: whoever leaves the rows takes their measurement along
  useEffect(
    () => () => {
      asking.current?.abort();
      setMeasuring(IDLE);
    },
    [id, split],
  );

  const measure = useCallback(async () => {
    asking.current?.abort();
    const abort = new AbortController();
    asking.current = abort;
    setMeasuring({ status: 'running', progress: null });
    announce(strings.progress);
    const request = { id, split, top: TOP, maxRows: USUAL_LOSS_ROWS };
    const outcome = await callWithProgress(client, 'losses.measure', request, abort.signal, progress =>
      setMeasuring({ status: 'running', progress }),
    );
    if (abort.signal.aborted) return;
    setMeasuring(outcome.ok ? IDLE : { status: 'failed', error: outcome.error });
    announce(outcome.ok ? strings.done : outcome.error.title);
    if (outcome.ok) reload();
  }, [client, announce, id, split, reload]);

  const cancel = useCallback(() => {
    asking.current?.abort();
    setMeasuring(IDLE);
  }, []);

  const value = shown.status === 'ready' ? shown.value : null;
  const report = value?.report?.split === split ? value.report : null;
  const error = shown.status === 'failed' ? shown.error : null;
  return { run: value, report, error, measuring, measure: () => void measure(), cancel };
}
