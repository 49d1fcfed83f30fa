/** A real step before the run: asked for by hand, cancelled by hand, forgotten as soon as the draft changes. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { CodedError } from '../../../src-shared/contract/coded-error.ts';
import type { PreflightReport } from '../../../src-shared/domain/preflight.ts';
import type { Recipe } from '../../../src-shared/recipe/schema.ts';
import { useBackend } from '../../backend-client/backend-context.tsx';
import { wizardStrings } from '../../strings/wizard.ts';
import { useAnnounce } from '../../ui/announcer.tsx';

const strings = wizardStrings.probe;

type ProbeState =
  | { readonly status: 'idle' }
  | { readonly status: 'running' }
  | { readonly status: 'done'; readonly report: PreflightReport }
  | { readonly status: 'failed'; readonly error: CodedError };

interface Probe {
  readonly state: ProbeState;
  start(): void;
  cancel(): void;
}

const IDLE: ProbeState = { status: 'idle' };

/** `recipe` null: there is nothing to try. What was measured of another draft is never shown for this one. */
export function useProbe(recipe: Recipe | null): Probe {
  const client = useBackend();
  const announce = useAnnounce();
  const [state, setState] = useState<ProbeState>(IDLE);
  const asking = useRef<AbortController | null>(null);
  const key = recipe === null ? null : JSON.stringify(recipe);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the draft that is left takes its step with it
  useEffect(
    () => () => {
      asking.current?.abort();
      setState(IDLE);
    },
    [key],
  );

  const start = useCallback(async () => {
    if (key === null) return;
    asking.current?.abort();
    const abort = new AbortController();
    asking.current = abort;
    setState({ status: 'running' });
    announce(strings.running);
    const draft = JSON.parse(key) as Record<string, unknown>;
    const outcome = await client.call(
      'preflight.probe',
      { kind: 'draft', recipe: draft },
      { signal: abort.signal },
    );
    if (abort.signal.aborted) return;
    setState(
      outcome.ok ? { status: 'done', report: outcome.value } : { status: 'failed', error: outcome.error },
    );
    announce(outcome.ok ? strings.done : outcome.error.title);
  }, [client, announce, key]);
  const cancel = useCallback(() => {
    asking.current?.abort();
    setState(IDLE);
  }, []);
  return { state, start: () => void start(), cancel };
}
