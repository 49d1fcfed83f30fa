/** Electron's main process: one instance, one window, one backend, wired by hand. */
import { app, type BrowserWindow, dialog, session } from 'electron';
import { toCodedError } from '../../../src-shared/contract/coded-error.ts';
import { createElectronLauncher } from '../../adapters/processes/electron-launcher.ts';
import { createBackend } from '../create-backend.ts';
import { locateFiles } from '../locate-files.ts';
import { commandLineIn, runCommandLine } from './command-line.ts';
import { offerFileDialogs } from './file-dialogs.ts';
import { followRuns } from './follow-runs.ts';
import { connectPage } from './ipc.ts';
import { installMenu } from './menu.ts';
import { onOpenedFile, recipeIn } from './opened-recipes.ts';
import { createPageRequests, type PageRequests } from './page-requests.ts';
import { declarePageScheme, servePage } from './protocol.ts';
import { createQuitGuard } from './quit-guard.ts';
import { createRunNotices } from './run-notices.ts';
import { watchRunningRuns } from './running-runs.ts';
import { denyPermissions, hardenPages } from './security.ts';
import { createStayAwake } from './stay-awake.ts';
import { createWindow, focusWindow, openStudio } from './window.ts';

const command = commandLineIn(process.argv);
if (command !== null) app.exit(runCommandLine(command, import.meta.dirname));
else if (app.requestSingleInstanceLock()) start();
// A second launch ends here; the first instance hears of it and comes to the front.
else app.quit();

/** No top-level await: Electron is ready only after this module has been evaluated. */
function start(): void {
  declarePageScheme();
  hardenPages();
  // The name under which Windows shows notifications, that of the installer's shortcut.
  if (process.platform === 'win32') app.setAppUserModelId('org.luthier.studio');
  const requests = createPageRequests();
  onOpenedFile(path => requests.send({ kind: 'recipe', path }));
  openRecipeIn(requests, process.argv.slice(1), process.cwd());
  app
    .whenReady()
    .then(() => openApp(requests))
    .catch(giveUp);
}

async function openApp(requests: PageRequests): Promise<void> {
  const files = locateFiles(import.meta.dirname);
  denyPermissions(session.defaultSession);
  servePage(files.rendererDirectory);
  const menu = installMenu(process.platform, id => requests.send({ kind: 'command', id }));

  const backend = await createBackend({
    host: 'electron',
    home: app.commandLine.getSwitchValue('home') || null,
    resourcesDirectory: files.resourcesDirectory,
    nativeDirectory: files.nativeDirectory,
    processDirectory: files.processDirectory,
    launcher: createElectronLauncher(files.processDirectory),
  });
  const runs = watchRunningRuns(backend, createStayAwake());

  let window: BrowserWindow | null = null;
  let progress: number | null = null;
  const notify = createRunNotices({
    backend,
    isInFront: () => window?.isFocused() === true,
    onClick: id => {
      requests.send({ kind: 'run', id });
      showWindow();
    },
  });
  const unfollow = followRuns(backend, {
    onProgress: share => {
      progress = share;
      if (window !== null) showProgress(window, progress);
    },
    onEnd: notify,
  });
  const quitGuard = createQuitGuard(backend, {
    count: runs.count,
    close() {
      runs.close();
      unfollow();
    },
  });
  async function openWindow(): Promise<void> {
    const opened = createWindow(files.preloadFile);
    window = opened;
    connectPage(opened.webContents, backend);
    offerFileDialogs(opened);
    requests.showIn(opened.webContents);
    menu.followPage(opened.webContents);
    showProgress(opened, progress);
    quitGuard.guardWindow(opened, process.platform);
    opened.once('closed', () => {
      window = null;
    });
    await openStudio(opened);
  }
  function showWindow(): void {
    if (window === null) openWindow().catch(giveUp);
    else focusWindow(window);
  }

  app.on('second-instance', (_event, args, directory) => {
    openRecipeIn(requests, args.slice(1), directory);
    showWindow();
  });
  app.on('activate', showWindow);
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  await openWindow();
}

/** In the task bar or the dock; -1 takes it away. */
function showProgress(window: BrowserWindow, share: number | null): void {
  window.setProgressBar(share ?? -1);
}

function openRecipeIn(requests: PageRequests, args: readonly string[], directory: string): void {
  const path = recipeIn(args, directory);
  if (path !== null) requests.send({ kind: 'recipe', path });
}

/** Without backend or page there is no studio: say why, in a box since there is no window, and end. */
function giveUp(thrown: unknown): void {
  const { title, cause, remedy } = toCodedError(thrown);
  dialog.showErrorBox(title, `${cause}\n\n${remedy}`);
  app.exit(1);
}
