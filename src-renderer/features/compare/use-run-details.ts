/** Reads several runs with their loss curves, once; a run that cannot be read is named with its error and the others stay. */
import { useEffect, useState } from 'react';
import { type CodedError, type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { MetricsQuestion } from '../../../src-shared/domain/run-metrics.ts';
import { useBackend } from '../../backend-client/backend-context.tsx';
import type { BackendClient } from '../../backend-client/client.ts';
import { WHOLE_CURVE } from '../../plots/curve-question.ts';
import type { Axis, Zoom } from '../../plots/plot-data.ts';
import type { ComparedRun } from './compare-runs.ts';

export interface ReadRuns {
  readonly isReading: boolean;
  readonly runs: readonly ComparedRun[];
  readonly errors: readonly { readonly id: string; readonly error: CodedError }[];
}

const READING: ReadRuns = { isReading: true, runs: [], errors: [] };

export function useRunDetails(ids: readonly string[]): ReadRuns {
  const client = useBackend();
  const [read, setRead] = useState(READING);
  const idsJson = JSON.stringify(ids);
  useEffect(() => {
    const abort = new AbortController();
    const wanted = JSON.parse(idsJson) as string[];
    setRead(READING);
    const asked = wanted.map(async id => ({ id, outcome: await readRun(client, id, abort.signal) }));
    void Promise.all(asked).then(answers => {
      if (abort.signal.aborted) return;
      setRead({
        isReading: false,
        runs: answers.flatMap(({ outcome }) => (outcome.ok ? [outcome.value] : [])),
        errors: answers.flatMap(({ id, outcome }) => (outcome.ok ? [] : [{ id, error: outcome.error }])),
      });
    });
    return () => abort.abort();
  }, [client, idsJson]);
  return read;
}

const LOSS_CURVE: MetricsQuestion = { ...WHOLE_CURVE, measures: ['loss'] };

async function readRun(
  client: BackendClient,
  id: string,
  signal: AbortSignal,
): Promise<Outcome<ComparedRun>> {
  const [details, curve] = await Promise.all([
    client.call('runs.show', { id }, { signal }),
    client.call('runs.metrics', { id, ...LOSS_CURVE }, { signal }),
  ]);
  if (!details.ok) return details;
  return curve.ok ? ok({ ...details.value, curve: curve.value }) : curve;
}

/** The runs with the curves of a part of the axis, where their whole curves leave out steps. */
export function useZoomedRuns(
  runs: readonly ComparedRun[],
  axis: Axis,
  zoom: Zoom | null,
): readonly ComparedRun[] {
  const client = useBackend();
  const [zoomed, setZoomed] = useState<readonly ComparedRun[] | null>(null);
  const { from = null, to = null } = zoom ?? {};
  useEffect(() => {
    setZoomed(null);
    if (from === null || runs.every(({ curve }) => curve.bucketSize === 1)) return;
    const abort = new AbortController();
    const timer = setTimeout(async () => {
      const asked = runs.map(async run => {
        const question = { id: run.id, ...LOSS_CURVE, axis, from, to };
        const answer = await client.call('runs.metrics', question, { signal: abort.signal });
        return answer.ok ? { ...run, curve: answer.value } : run;
      });
      const parts = await Promise.all(asked);
      if (!abort.signal.aborted) setZoomed(parts);
    }, ASK_AFTER_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [client, runs, axis, from, to]);
  return zoomed ?? runs;
}

const ASK_AFTER_MS = 120;
