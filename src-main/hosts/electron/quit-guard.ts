/** The way out: a question while a run is training, then the backend's end, then the process's. */
import { app, type BrowserWindow, dialog } from 'electron';
import type { BackendFace } from '../../backend/backend-face.ts';
import type { RunningRuns } from './running-runs.ts';

/** A backend that cannot stop its processes in this time must not keep a windowless app alive. */
const CLOSING_MS = 30_000;

export interface QuitGuard {
  /** Asks at the window's close button too, on platforms where the last window is the app. */
  guardWindow(window: BrowserWindow, platform: NodeJS.Platform): void;
}

/**
 * Guards every way to quit. While a run is training, `before-quit` and the close button ask first; once
 * that is settled, windows close, `will-quit` closes the backend (which stops and keeps running
 * trainings), and the process exits with 0.
 */
export function createQuitGuard(backend: BackendFace, runs: RunningRuns): QuitGuard {
  let state: 'open' | 'asking' | 'agreed' | 'closing' = 'open';

  /** Holds the event back where a run is training and nobody has agreed to stop it. */
  function holdBack(event: { preventDefault(): void }): void {
    if (state === 'agreed' || state === 'closing' || runs.count() === 0) return;
    event.preventDefault();
    if (state === 'open') void ask();
  }
  async function ask(): Promise<void> {
    state = 'asking';
    state = (await confirmStop(runs.count())) ? 'agreed' : 'open';
    if (state === 'agreed') app.quit();
  }
  async function closeAndExit(): Promise<void> {
    state = 'closing';
    runs.close();
    const patience = new Promise(resolve => setTimeout(resolve, CLOSING_MS));
    await Promise.race([backend.close(), patience]).finally(() => app.exit(0));
  }

  app.on('before-quit', holdBack);
  app.on('will-quit', event => {
    event.preventDefault();
    if (state !== 'closing') void closeAndExit();
  });
  return {
    guardWindow(window, platform) {
      if (platform !== 'darwin') window.on('close', holdBack);
    },
  };
}

async function confirmStop(runningCount: number): Promise<boolean> {
  const { response } = await dialog.showMessageBox({
    type: 'question',
    message: runningCount === 1 ? 'A run is training.' : `${runningCount} runs are training.`,
    detail: 'Quitting stops after the step under way and keeps the adapter.',
    buttons: ['Keep training', 'Stop and quit'],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  });
  return response === 1;
}
