/** A past run once more: asks first where its files have changed, queues while the device is in use, then opens the new run. */
import { type ReactNode, useState } from 'react';
import type { Command } from '../commands/command-registry.ts';
import { useCommand } from '../commands/use-commands.tsx';
import { navigate } from '../router.ts';
import { familyStrings as strings } from '../strings/family.ts';
import { ErrorCallout } from '../ui/callout.tsx';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { QueuedNotice } from './queued-notice.tsx';
import { type Accepted, NOTHING_ACCEPTED, useLaunch } from './use-launch.ts';

export interface RunAgain {
  /** Starts it; its title says while it does. */
  readonly command: Command;
  /** Why it did not start at once; null where there is nothing to say. */
  readonly notice: ReactNode;
  /** Whether it shall go on where it will not be the same; to be rendered anywhere. */
  readonly question: ReactNode;
}

export function useRunAgain(id: string): RunAgain {
  const launch = useLaunch(openRun);
  const { error } = launch;
  const [accepted, setAccepted] = useState(NOTHING_ACCEPTED);
  const asked = error === null ? null : questionOf(error.code);
  const start = (also: Partial<Accepted>, before = accepted) => {
    const next = { ...before, ...also };
    setAccepted(next);
    launch.start({ kind: 'again', id }, next);
  };
  const command = useCommand({
    id: 'run.again',
    title: launch.isLaunching ? strings.starting : strings.again,
    enabled: !launch.isLaunching,
    run: () => start({}, NOTHING_ACCEPTED),
  });
  return {
    command,
    notice:
      launch.queued !== null ? (
        <QueuedNotice words={launch.queued} />
      ) : error && asked === null ? (
        <ErrorCallout error={error} />
      ) : null,
    question: (
      <ConfirmDialog
        isOpen={asked !== null}
        title={asked === null ? '' : strings.notTheSame[asked].title}
        confirm={strings.goOn}
        cancel={strings.leave}
        onCancel={launch.cancel}
        onConfirm={() => asked !== null && start({ [asked]: true })}
      >
        <p className="wrap">{error?.cause}</p>
        {asked !== null && <p className="wrap">{strings.notTheSame[asked].help}</p>}
      </ConfirmDialog>
    ),
  };
}

/** What the refusal of a start asks for, where it may be accepted. */
function questionOf(code: string): keyof Accepted | null {
  if (code === 'again.inputsChanged') return 'changes';
  return code === 'again.extended' ? 'extension' : null;
}

function openRun(id: string): void {
  navigate({ page: 'run', id });
}
