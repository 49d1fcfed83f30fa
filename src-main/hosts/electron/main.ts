/** Electron's main process: one instance, one window, one backend, wired by hand. */
import { app, type BrowserWindow, dialog, session } from 'electron';
import { toCodedError } from '../../../src-shared/contract/coded-error.ts';
import { createElectronLauncher } from '../../adapters/processes/electron-launcher.ts';
import { createBackend } from '../create-backend.ts';
import { locateFiles } from '../locate-files.ts';
import { offerFileDialogs } from './file-dialogs.ts';
import { connectPage } from './ipc.ts';
import { installMenu } from './menu.ts';
import { type OpenedRecipes, watchOpenedRecipes } from './opened-recipes.ts';
import { declarePageScheme, servePage } from './protocol.ts';
import { createQuitGuard } from './quit-guard.ts';
import { watchRunningRuns } from './running-runs.ts';
import { denyPermissions, hardenPages } from './security.ts';
import { createStayAwake } from './stay-awake.ts';
import { createWindow, focusWindow, openStudio } from './window.ts';

/** A second launch ends here; the first instance hears of it and comes to the front. */
if (app.requestSingleInstanceLock()) start();
else app.quit();

/** No top-level await: Electron is ready only after this module has been evaluated. */
function start(): void {
  declarePageScheme();
  hardenPages();
  const recipes = watchOpenedRecipes();
  recipes.take(process.argv.slice(1), process.cwd());
  app
    .whenReady()
    .then(() => openApp(recipes))
    .catch(giveUp);
}

async function openApp(recipes: OpenedRecipes): Promise<void> {
  const files = locateFiles(import.meta.dirname);
  denyPermissions(session.defaultSession);
  servePage(files.rendererDirectory);
  installMenu(process.platform);

  const backend = await createBackend({
    host: 'electron',
    home: app.commandLine.getSwitchValue('home') || null,
    resourcesDirectory: files.resourcesDirectory,
    nativeDirectory: files.nativeDirectory,
    processDirectory: files.processDirectory,
    launcher: createElectronLauncher(files.processDirectory),
  });
  const runs = watchRunningRuns(backend, createStayAwake());
  const quitGuard = createQuitGuard(backend, runs);

  let window: BrowserWindow | null = null;
  async function openWindow(): Promise<void> {
    const opened = createWindow(files.preloadFile);
    window = opened;
    connectPage(opened.webContents, backend);
    offerFileDialogs(opened);
    recipes.showIn(opened.webContents);
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
    recipes.take(args.slice(1), directory);
    showWindow();
  });
  app.on('activate', showWindow);
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  await openWindow();
}

/** Without backend or page there is no studio: say why, in a box since there is no window, and end. */
function giveUp(thrown: unknown): void {
  const { title, cause, remedy } = toCodedError(thrown);
  dialog.showErrorBox(title, `${cause}\n\n${remedy}`);
  app.exit(1);
}
