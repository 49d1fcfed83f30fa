/** Keeps the machine from sleeping while a run is training; the display may go dark. */
import { powerSaveBlocker } from 'electron';

/** Returns what to tell the number of running runs to. Needs Electron ready. */
export function createStayAwake(): (runningCount: number) => void {
  let blocker: number | null = null;
  return runningCount => {
    if (runningCount > 0) blocker ??= powerSaveBlocker.start('prevent-app-suspension');
    else if (blocker !== null) {
      powerSaveBlocker.stop(blocker);
      blocker = null;
    }
  };
}
