/** The buttons that steer a run: pause, stop, discard while it trains; resume when it ended early. */
import { CopyPlus, FastForward, FileDown, Pause, Play, Repeat, Square, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { CodedError } from '../../../src-shared/contract/coded-error.ts';
import type { RunDetails, RunStatus } from '../../../src-shared/domain/run.ts';
import { useBackend } from '../../backend-client/backend-context.tsx';
import { CommandButton } from '../../commands/command-button.tsx';
import { CommandMenu } from '../../commands/command-menu.tsx';
import { useCommand } from '../../commands/use-commands.tsx';
import { formatCount } from '../../format/numbers.ts';
import { useReuse } from '../../launch/use-reuse.tsx';
import { useRunAgain } from '../../launch/use-run-again.tsx';
import { runControlStrings as strings } from '../../strings/run-controls.ts';
import { ErrorCallout } from '../../ui/callout.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { ExtendButton } from './extend-button.tsx';
import {
  adapterPathOf,
  bestAdapterPathOf,
  endsAgain,
  isActive,
  type RunState,
  statusOf,
  stepsDone,
} from './run-state.ts';

interface RunControlsProps {
  readonly run: RunState;
  readonly record: Pick<RunDetails, 'id' | 'name' | 'recipe' | 'plannedSteps'>;
  /** The name of another run that has the device, null where there is none. */
  readonly busyWith: string | null;
}

export function RunControls({ run, record, busyWith }: RunControlsProps) {
  const status = statusOf(run);
  if (isActive(status)) return <Steering record={record} step={stepsDone(run)} />;
  return <Afterwards run={run} record={record} status={status} busyWith={busyWith} />;
}

interface AfterwardsProps extends RunControlsProps {
  readonly status: RunStatus | null;
}

/** What can be done with a run that is over: what is done often at once, the rest in a menu. */
function Afterwards({ run, record, status, busyWith }: AfterwardsProps) {
  const isResumable = status === 'stopped' || status === 'interrupted' || status === 'failed';
  const mustChange = endsAgain(run);
  const { command: again, notice, question } = useRunAgain(record.id);
  const reuse = useReuse(record, {
    adapterPath: adapterPathOf(run),
    bestAdapterPath: bestAdapterPathOf(run),
    evaluations: run.evaluations,
    stepsDone: stepsDone(run),
  });
  return (
    <>
      <div className="row row-wrap run-controls">
        {isResumable && <ResumeButton id={record.id} busyWith={busyWith} isAdvised={!mustChange} />}
        <CommandButton command={reuse.clone} icon={CopyPlus} {...(mustChange && { variant: 'primary' })} />
        <ExtendButton run={run} record={record} busyWith={busyWith} />
        <CommandMenu
          label={strings.more}
          items={[
            { command: again, icon: Repeat },
            ...(reuse.goOn ? [{ command: reuse.goOn, icon: FastForward }] : []),
            { command: reuse.save, icon: FileDown },
          ]}
        />
      </div>
      {isResumable && busyWith !== null && (
        <p className="run-head-note small soft">{strings.busy(busyWith)}</p>
      )}
      {!again.enabled && <p className="run-head-note small soft">{again.title}</p>}
      <Fault error={reuse.error} />
      {notice && <div className="run-head-error">{notice}</div>}
      {question}
      {reuse.question}
    </>
  );
}

type Wish = 'runs.pause' | 'runs.stop' | 'runs.discard';

function Steering({ record, step }: Pick<RunControlsProps, 'record'> & { readonly step: number }) {
  const { wish, error, ask } = useWish<Wish>(record.id);
  const [isAsking, setIsAsking] = useState(false);
  const enabled = wish === null;
  const pause = useCommand({
    id: 'run.pause',
    title: wish === 'runs.pause' ? strings.pausing : strings.pause,
    shortcut: 'Mod+.',
    enabled,
    run: () => ask('runs.pause'),
  });
  const stopTitle = step === 0 ? strings.stop : strings.stopAndKeep(formatCount(step));
  const stop = useCommand({
    id: 'run.stop',
    title: wish === 'runs.stop' ? strings.stopping : stopTitle,
    enabled,
    run: () => ask('runs.stop'),
  });
  const discard = useCommand({
    id: 'run.discard',
    title: wish === 'runs.discard' ? strings.discarding : strings.discard,
    enabled,
    run: () => setIsAsking(true),
  });
  return (
    <>
      <div className="row row-wrap run-controls">
        <CommandButton command={pause} icon={Pause} />
        <CommandButton command={stop} icon={Square} />
        <CommandButton command={discard} icon={Trash2} variant="quiet" />
      </div>
      <Fault error={error} />
      <ConfirmDialog
        isOpen={isAsking}
        title={strings.discardTitle}
        confirm={strings.discardConfirm}
        cancel={strings.discardCancel}
        onCancel={() => setIsAsking(false)}
        onConfirm={() => {
          setIsAsking(false);
          ask('runs.discard');
        }}
      >
        <p className="wrap">{strings.discardHelp(record.name)}</p>
      </ConfirmDialog>
    </>
  );
}

interface ResumeButtonProps extends Pick<RunControlsProps, 'busyWith'> {
  readonly id: string;
  /** False where it would come to the same end. */
  readonly isAdvised: boolean;
}

function ResumeButton({ id, busyWith, isAdvised }: ResumeButtonProps) {
  const { wish, error, ask } = useWish<'runs.resume'>(id);
  const resume = useCommand({
    id: 'run.resume',
    title: wish === null ? strings.resume : strings.resuming,
    shortcut: 'Mod+Enter',
    enabled: wish === null && busyWith === null,
    ...(busyWith === null ? {} : { reason: strings.busy(busyWith) }),
    run: () => ask('runs.resume'),
  });
  return (
    <>
      <CommandButton command={resume} icon={Play} {...(isAdvised && { variant: 'primary' })} />
      <Fault error={error} />
    </>
  );
}

function Fault({ error }: { readonly error: CodedError | null }) {
  if (error === null) return null;
  return (
    <div className="run-head-error">
      <ErrorCallout error={error} />
    </div>
  );
}

/** What was asked of the backend and is not done yet; granted, it stays until the run's status says so. */
function useWish<N extends Wish | 'runs.resume'>(id: string) {
  const client = useBackend();
  const [state, setState] = useState<{ wish: N | null; error: CodedError | null }>({
    wish: null,
    error: null,
  });
  const ask = async (wish: N) => {
    setState({ wish, error: null });
    const outcome = await client.call<Wish | 'runs.resume'>(wish, { id });
    if (!outcome.ok) setState({ wish: null, error: outcome.error });
  };
  return { ...state, ask: (wish: N) => void ask(wish) };
}
