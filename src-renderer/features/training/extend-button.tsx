/** Lets a run that is over go on for more epochs or steps, after it has said what that does to its learning rate. */
import { StepForward } from 'lucide-react';
import { useId, useState } from 'react';
import type { CodedError } from '../../../src-shared/contract/coded-error.ts';
import type { RunDetails } from '../../../src-shared/domain/run.ts';
import { useBackend } from '../../backend-client/backend-context.tsx';
import { CommandButton } from '../../commands/command-button.tsx';
import { useCommand } from '../../commands/use-commands.tsx';
import { formatCount, formatRate } from '../../format/numbers.ts';
import { runControlStrings } from '../../strings/run-controls.ts';
import { runPageStrings } from '../../strings/run-page.ts';
import { ErrorCallout } from '../../ui/callout.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { askForExtension, type Extension, type ExtensionQuestion } from './extension.ts';
import type { RunState } from './run-state.ts';

const words = runPageStrings.extend;

interface ExtendButtonProps {
  readonly run: RunState;
  readonly record: Pick<RunDetails, 'id' | 'name' | 'recipe' | 'plannedSteps'>;
  /** The name of another run that has the device, null where there is none. */
  readonly busyWith: string | null;
}

export function ExtendButton({ run, record, busyWith }: ExtendButtonProps) {
  const client = useBackend();
  const [isAsking, setIsAsking] = useState(false);
  const [isWaiting, setIsWaiting] = useState(false);
  const [error, setError] = useState<CodedError | null>(null);
  const fromStep = run.checkpoints.at(-1)?.step ?? 0;
  const question = askForExtension(record, fromStep);
  const reason = busyWith === null ? words.noCheckpoint : runControlStrings.busy(busyWith);
  const extend = useCommand({
    id: 'run.extend',
    title: isWaiting ? words.waiting : words.button,
    enabled: busyWith === null && fromStep > 0 && !isWaiting,
    ...(isWaiting ? {} : { reason }),
    run: () => setIsAsking(true),
  });
  if (question === null) return null;
  const start = async ({ length }: Extension) => {
    setIsAsking(false);
    setIsWaiting(true);
    setError(null);
    const outcome = await client.call('runs.extend', { id: record.id, length });
    if (outcome.ok) return;
    setIsWaiting(false);
    setError(outcome.error);
  };
  return (
    <>
      <CommandButton command={extend} icon={StepForward} />
      {error && (
        <div className="run-head-error">
          <ErrorCallout error={error} />
        </div>
      )}
      {isAsking && (
        <ExtendDialog
          name={record.name}
          question={question}
          plannedSteps={record.plannedSteps}
          fromStep={fromStep}
          onCancel={() => setIsAsking(false)}
          onExtend={extension => void start(extension)}
        />
      )}
    </>
  );
}

interface ExtendDialogProps {
  readonly name: string;
  readonly question: ExtensionQuestion;
  readonly plannedSteps: number;
  readonly fromStep: number;
  onCancel(): void;
  onExtend(extension: Extension): void;
}

function ExtendDialog({ name, question, plannedSteps, fromStep, onCancel, onExtend }: ExtendDialogProps) {
  const [wanted, setWanted] = useState(String(question.first));
  const fieldId = useId();
  const extension = wanted.trim() === '' ? null : question.extensionTo(Number(wanted));
  return (
    <ConfirmDialog
      isOpen
      title={words.title(name)}
      confirm={words.confirm}
      cancel={words.cancel}
      isRefused={extension === null}
      onCancel={onCancel}
      onConfirm={() => extension && onExtend(extension)}
    >
      <div className="field">
        <label htmlFor={fieldId}>{words.field[question.unit]}</label>
        <input
          id={fieldId}
          type="number"
          min={question.now}
          step={question.unit === 'steps' ? 1 : 'any'}
          value={wanted}
          aria-describedby={`${fieldId}-effect`}
          onChange={event => setWanted(event.target.value)}
        />
      </div>
      <div id={`${fieldId}-effect`} className="stack" aria-live="polite">
        {extension === null ? (
          <p className="wrap warn">{words.notLonger(String(question.now), question.unit)}</p>
        ) : (
          <Effect extension={extension} plannedSteps={plannedSteps} fromStep={fromStep} />
        )}
      </div>
    </ConfirmDialog>
  );
}

interface EffectProps extends Pick<ExtendDialogProps, 'plannedSteps' | 'fromStep'> {
  readonly extension: Extension;
}

function Effect({ extension: { steps, rates }, plannedSteps, fromStep }: EffectProps) {
  const [from, before, now] = [fromStep, plannedSteps, steps].map(formatCount) as [string, string, string];
  return (
    <>
      <p className="wrap">{words.steps(from, before, now)}</p>
      <p className="wrap soft">
        {rates === null
          ? words.constantRate
          : words.rates(formatRate(rates.before), formatRate(rates.next), now)}
      </p>
    </>
  );
}
