/** The studio's one window: sandboxed, in the theme's colour from the first frame, placed where it was. */
import { join } from 'node:path';
import { app, BrowserWindow, nativeTheme, screen } from 'electron';
import { START_URL } from './protocol.ts';
import { MINIMUM_SIZE, readWindowPlacement, writeWindowState } from './window-state.ts';

/** The page's own canvas colour, for the moments before it has painted and the edges while resizing. */
const BACKGROUND = { dark: '#141210', light: '#f7f5f1' } as const;

/** Creates the hidden window, which shows itself once the page has painted. Needs Electron ready. */
export function createWindow(preloadFile: string): BrowserWindow {
  const stateFile = join(app.getPath('userData'), 'window.json');
  const workAreas = screen.getAllDisplays().map(display => display.workArea);
  const placement = readWindowPlacement(stateFile, workAreas);
  const window = new BrowserWindow({
    ...placement.bounds,
    minWidth: MINIMUM_SIZE.width,
    minHeight: MINIMUM_SIZE.height,
    title: 'Luthier',
    show: false,
    autoHideMenuBar: true,
    backgroundColor: backgroundColor(),
    webPreferences: {
      preload: preloadFile,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false, // Chromium's would download its dictionaries
    },
  });
  if (placement.isMaximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  window.on('close', () => {
    writeWindowState(stateFile, { bounds: window.getNormalBounds(), isMaximized: window.isMaximized() });
  });
  followTheme(window);
  return window;
}

/** Loads the page. Rejects where it cannot be loaded at all; a missing file is a page that says so. */
export async function openStudio(window: BrowserWindow): Promise<void> {
  await window.loadURL(START_URL);
}

/** Brings the window to the front, from the task bar too. */
export function focusWindow(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}

function backgroundColor(): string {
  return nativeTheme.shouldUseDarkColors ? BACKGROUND.dark : BACKGROUND.light;
}

function followTheme(window: BrowserWindow): void {
  const repaint = () => window.setBackgroundColor(backgroundColor());
  nativeTheme.on('updated', repaint);
  window.once('closed', () => nativeTheme.off('updated', repaint));
}
