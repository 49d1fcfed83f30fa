/** Deleted runs are removed for good: what that takes with it is said first, and it needs a word of its own. */
import { Eraser } from 'lucide-react';
import { useRef, useState } from 'react';
import type { CodedError } from '../../../src-shared/contract/coded-error.ts';
import type { ErasableRun, EraseResult } from '../../../src-shared/domain/erase.ts';
import { useBackend } from '../../backend-client/backend-context.tsx';
import { callWithProgress, type WorkProgress } from '../../backend-client/call-with-progress.ts';
import { formatBytes, formatCount } from '../../format/numbers.ts';
import { historyStrings } from '../../strings/history.ts';
import { useAnnounce } from '../../ui/announcer.tsx';
import { Button } from '../../ui/button.tsx';
import { Callout, ErrorCallout } from '../../ui/callout.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { StoppableProgress } from '../../ui/stoppable-progress.tsx';
import { SizedList } from './sized-list.tsx';

const strings = historyStrings.erase;

type Step =
  | { readonly kind: 'idle' | 'looking' }
  | { readonly kind: 'asking'; readonly runs: readonly ErasableRun[] }
  | { readonly kind: 'erasing'; readonly progress: WorkProgress | null }
  | { readonly kind: 'done'; readonly result: EraseResult }
  | { readonly kind: 'failed'; readonly error: CodedError };

interface EraseRunsProps {
  readonly ids: readonly string[];
  /** Some of them are gone. */
  onErased(): void;
}

export function EraseRuns({ ids, onErased }: EraseRunsProps) {
  const client = useBackend();
  const announce = useAnnounce();
  const [step, setStep] = useState<Step>({ kind: 'idle' });
  const workId = useRef('');

  async function look(): Promise<void> {
    setStep({ kind: 'looking' });
    const looked = await client.call('runs.lookBeforeErasing', { ids: [...ids] });
    setStep(
      looked.ok ? { kind: 'asking', runs: looked.value.runs } : { kind: 'failed', error: looked.error },
    );
  }

  async function erase(runs: readonly ErasableRun[]): Promise<void> {
    setStep({ kind: 'erasing', progress: null });
    workId.current = crypto.randomUUID();
    const outcome = await callWithProgress(
      client,
      'runs.erase',
      { ids: runs.map(({ id }) => id), workId: workId.current },
      new AbortController().signal,
      progress => setStep({ kind: 'erasing', progress }),
    );
    setStep(outcome.ok ? { kind: 'done', result: outcome.value } : { kind: 'failed', error: outcome.error });
    announce(outcome.ok ? doneWords(outcome.value) : outcome.error.title);
    if (outcome.ok && outcome.value.erased.length > 0) onErased();
  }

  return (
    <section aria-label={strings.title} className="stack history-files">
      <h3>{strings.title}</h3>
      <p className="small soft">{strings.help}</p>
      {(step.kind === 'idle' || step.kind === 'looking' || step.kind === 'asking') && (
        <div>
          <Button icon={Eraser} isDisabled={step.kind !== 'idle'} onClick={() => void look()}>
            {step.kind === 'looking' ? strings.looking : strings.start(formatCount(ids.length))}
          </Button>
        </div>
      )}
      {step.kind === 'erasing' && (
        <Erasing
          progress={step.progress}
          onStop={() => void client.call('runs.stopErasing', { workId: workId.current })}
        />
      )}
      {step.kind === 'failed' && <ErrorCallout error={step.error} />}
      {step.kind === 'done' && (
        <Callout tone={step.result.kept.length > 0 ? 'warn' : 'ok'} title={doneWords(step.result)}>
          {step.result.kept.map(({ id, name, reason }) => (
            <p key={id} className="wrap">
              {name}: {reason}
            </p>
          ))}
        </Callout>
      )}
      {step.kind === 'asking' && (
        <Question
          runs={step.runs}
          onCancel={() => setStep({ kind: 'idle' })}
          onErase={() => void erase(step.runs)}
        />
      )}
    </section>
  );
}

function doneWords({ erased, freedBytes }: EraseResult): string {
  return strings.done(formatCount(erased.length), formatBytes(freedBytes));
}

function Erasing({ progress, onStop }: { readonly progress: WorkProgress | null; onStop(): void }) {
  const total = progress?.total ?? 0;
  const words = strings.erasing(formatCount(progress?.done ?? 0), formatCount(total));
  return (
    <StoppableProgress
      label={strings.title}
      words={words}
      done={progress?.done ?? 0}
      total={total}
      stop={strings.stop}
      onStop={onStop}
    />
  );
}

interface QuestionProps {
  readonly runs: readonly ErasableRun[];
  onCancel(): void;
  onErase(): void;
}

function Question({ runs, onCancel, onErase }: QuestionProps) {
  const [isSure, setIsSure] = useState(false);
  const bytes = runs.reduce((sum, run) => sum + run.bytes, 0);
  return (
    <ConfirmDialog
      isOpen
      title={strings.question(formatCount(runs.length))}
      confirm={strings.confirm}
      cancel={strings.cancel}
      isRefused={!isSure}
      onCancel={onCancel}
      onConfirm={onErase}
    >
      <p>{strings.consequence(formatBytes(bytes))}</p>
      <SizedList items={runs} />
      <label className="row">
        <input type="checkbox" checked={isSure} onChange={event => setIsSure(event.target.checked)} />
        {strings.sure}
      </label>
    </ConfirmDialog>
  );
}
