/** A past run once more: asks first where its files have changed, queues while the device is in use, then opens the new run. */
import type { ReactNode } from 'react';
import type { Command } from '../commands/command-registry.ts';
import { useCommand } from '../commands/use-commands.tsx';
import { navigate } from '../router.ts';
import { familyStrings as strings } from '../strings/family.ts';
import { ErrorCallout } from '../ui/callout.tsx';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { QueuedNotice } from './queued-notice.tsx';
import { useLaunch } from './use-launch.ts';

export interface RunAgain {
  /** Starts it; its title says while it does. */
  readonly command: Command;
  /** Why it did not start at once; null where there is nothing to say. */
  readonly notice: ReactNode;
  /** Whether it shall go on with changed files; to be rendered anywhere. */
  readonly question: ReactNode;
}

export function useRunAgain(id: string): RunAgain {
  const launch = useLaunch(openRun);
  const { error } = launch;
  const isChanged = error?.code === 'again.inputsChanged';
  const start = (acceptsChanges: boolean) => launch.start({ kind: 'again', id }, acceptsChanges);
  const command = useCommand({
    id: 'run.again',
    title: launch.isLaunching ? strings.starting : strings.again,
    enabled: !launch.isLaunching,
    run: () => start(false),
  });
  return {
    command,
    notice:
      launch.queued !== null ? (
        <QueuedNotice words={launch.queued} />
      ) : error && !isChanged ? (
        <ErrorCallout error={error} />
      ) : null,
    question: (
      <ConfirmDialog
        isOpen={isChanged}
        title={strings.changedTitle}
        confirm={strings.goOn}
        cancel={strings.leave}
        // A dialog that was answered closes too, and must not take back the answer.
        onCancel={() => isChanged && launch.cancel()}
        onConfirm={() => start(true)}
      >
        <p className="wrap">{error?.cause}</p>
        <p className="wrap">{strings.changedHelp}</p>
      </ConfirmDialog>
    ),
  };
}

function openRun(id: string): void {
  navigate({ page: 'run', id });
}
