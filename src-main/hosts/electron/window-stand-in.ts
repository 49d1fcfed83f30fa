/** Test-only: one BrowserWindow of the Electron stand-in. */
import { PageStandIn } from './page-stand-in.ts';
import { checkKeys, guarded, KnownEmitter } from './stand-in-guard.ts';

export type Bounds = { x: number; y: number; width: number; height: number };

export interface WindowOptions {
  readonly x?: number;
  readonly y?: number;
  readonly width: number;
  readonly height: number;
  readonly backgroundColor: string;
  readonly webPreferences: Readonly<Record<string, unknown>> & { readonly contextIsolation?: boolean };
}

/** The app around the window. */
export interface WindowSystem {
  fetch(url: string): Promise<Response>;
  onCloseCancelled(): void;
  onClosed(window: WindowStandIn): void;
}

const WINDOW_EVENTS = ['close', 'closed', 'ready-to-show'];
const WINDOW_OPTIONS = [
  'x',
  'y',
  'width',
  'height',
  'minWidth',
  'minHeight',
  'title',
  'show',
  'autoHideMenuBar',
  'backgroundColor',
  'webPreferences',
];
const WEB_PREFERENCES = [
  'preload',
  'sandbox',
  'contextIsolation',
  'nodeIntegration',
  'nodeIntegrationInWorker',
  'nodeIntegrationInSubFrames',
  'webSecurity',
  'webviewTag',
  'navigateOnDragDrop',
  'spellcheck',
];

/** One BrowserWindow; `page` is what it shows. */
export class WindowStandIn extends KnownEmitter {
  readonly options: WindowOptions;
  readonly page: PageStandIn;
  readonly webContents: object;
  readonly guardedWindow: object = guarded('BrowserWindow', this);
  readonly calls: string[] = [];
  /** What the task bar shows: from 0 to 1, -1 for nothing. */
  progress = -1;
  hasFocus = false;
  backgroundColor: string;
  bounds: Bounds;
  readonly #system: WindowSystem;
  #isMaximized = false;
  #isMinimized = false;

  constructor(system: WindowSystem, options: WindowOptions, channels: readonly string[]) {
    super('BrowserWindow', WINDOW_EVENTS);
    checkKeys('window options', options, WINDOW_OPTIONS);
    checkKeys('webPreferences', options.webPreferences, WEB_PREFERENCES);
    this.#system = system;
    this.options = options;
    this.page = new PageStandIn(channels, options.webPreferences);
    this.webContents = this.page.guardedContents;
    this.backgroundColor = options.backgroundColor;
    this.bounds = { x: options.x ?? 100, y: options.y ?? 100, width: options.width, height: options.height };
  }

  async loadURL(url: string): Promise<void> {
    await this.#system.fetch(url);
    this.page.commit(url);
    this.emit('ready-to-show');
  }

  close(): void {
    if (this.emitPreventable('close')) {
      this.#system.onCloseCancelled();
      return;
    }
    this.page.destroy();
    this.emit('closed');
    this.#system.onClosed(this);
  }

  show(): void {
    this.calls.push('show');
  }

  focus(): void {
    this.calls.push('focus');
  }

  restore(): void {
    this.#isMinimized = false;
    this.calls.push('restore');
  }

  minimize(): void {
    this.#isMinimized = true;
  }

  maximize(): void {
    this.#isMaximized = true;
  }

  isMinimized(): boolean {
    return this.#isMinimized;
  }

  isMaximized(): boolean {
    return this.#isMaximized;
  }

  getNormalBounds(): Bounds {
    return this.bounds;
  }

  isFocused(): boolean {
    return this.hasFocus;
  }

  setProgressBar(progress: number): void {
    if (typeof progress !== 'number' || Number.isNaN(progress)) {
      throw new TypeError('Error processing argument at index 0, conversion failure');
    }
    if (this.page.isDestroyed) throw new TypeError('Object has been destroyed');
    this.progress = progress;
  }

  setBackgroundColor(color: string): void {
    this.backgroundColor = color;
  }
}
