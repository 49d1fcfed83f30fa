/**
 * Test-only: Electron's main process without its binary. It imitates the APIs that the host uses, by
 * Electron's rules (what is allowed before and after ready, the order of events on the way out), and
 * throws on every other.
 */
import { buildMenu, type MenuItemStandIn } from './menu-stand-in.ts';
import { NotificationStandIn } from './notification-stand-in.ts';
import { checkKeys, guarded, KnownEmitter } from './stand-in-guard.ts';
import { type Bounds, type WindowOptions, WindowStandIn } from './window-stand-in.ts';

export interface StandInOptions {
  readonly userData: string;
  /** The channels on which page and main process may speak. */
  readonly channels: readonly string[];
  /** false: another instance runs already. */
  readonly hasLock?: boolean;
  readonly switches?: Readonly<Record<string, string>>;
}

const APP_EVENTS = [
  'activate',
  'before-quit',
  'open-file',
  'second-instance',
  'web-contents-created',
  'will-quit',
  'window-all-closed',
];
const PRIVILEGES = ['standard', 'secure', 'supportFetchAPI'];

type Handler = (request: Request) => Promise<Response>;

/** One Electron process. Tests hold it to play the system's part: ready, second launches, answers to dialogs. */
export class ElectronStandIn {
  readonly windows: WindowStandIn[] = [];
  readonly errorBoxes: string[] = [];
  readonly questions: { message: string; buttons: string[] }[] = [];
  readonly blockers = new Set<number>();
  readonly fileDialogs: { kind: 'open' | 'save'; options: object }[] = [];
  readonly shownInFolder: string[] = [];
  /** Those that were shown, in their order. */
  readonly notifications: NotificationStandIn[] = [];
  /** false: the system has none, as Linux without a notification service. */
  hasNotifications = true;
  appUserModelId: string | null = null;
  /** What is chosen in the next file dialog; null leaves it without a choice. */
  chosenPath: string | null = null;
  /** The index of the button that answers the next question. */
  dialogAnswer: Promise<number> = Promise.resolve(0);
  isDark = false;
  workAreas: Bounds[] = [{ x: 0, y: 0, width: 1920, height: 1040 }];
  isSandboxed = false;
  menu: readonly MenuItemStandIn[] = [];
  /** The code that the process exited with; null while it lives. */
  exitCode: number | null = null;
  isReady = false;

  readonly app = new KnownEmitter('app', APP_EVENTS);
  readonly nativeTheme = new KnownEmitter('nativeTheme', ['updated']);
  readonly #options: StandInOptions;
  readonly #schemes = new Map<string, Handler | null>();
  readonly #ready = Promise.withResolvers<void>();
  #requestPermission:
    | ((
        contents: null,
        name: string,
        answer: (granted: boolean) => void,
        details: { requestingUrl: string },
      ) => void)
    | null = null;
  #checkPermission: ((contents: null, name: string, origin: string) => boolean) | null = null;
  #checkDevice: ((details: { deviceType: string }) => boolean) | null = null;
  #isQuitting = false;
  #blockerCount = 0;

  constructor(options: StandInOptions) {
    this.#options = options;
  }

  /** What `electron` exports in the main process, and nothing of the preload script. */
  mainModule(): object {
    const standIn = this;
    return guarded('electron (main)', {
      app: this.#appModule(),
      BrowserWindow: class BrowserWindow {
        constructor(options: WindowOptions) {
          standIn.#needReady('BrowserWindow');
          const window = new WindowStandIn(standIn, options, standIn.#options.channels);
          standIn.windows.push(window);
          standIn.app.emit('web-contents-created', {}, window.webContents);
          // biome-ignore lint/correctness/noConstructorReturn: `new` has to give the guarded window
          return window.guardedWindow as BrowserWindow;
        }
      },
      protocol: guarded('protocol', {
        registerSchemesAsPrivileged: (schemes: { scheme: string; privileges: object }[]) => {
          if (this.isReady)
            throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready');
          if (this.#schemes.size > 0)
            throw new Error('protocol.registerSchemesAsPrivileged can only be called once.');
          for (const { scheme, privileges } of schemes) {
            checkKeys('privileges', privileges, PRIVILEGES);
            this.#schemes.set(scheme, null);
          }
        },
        handle: (scheme: string, handler: Handler) => {
          this.#needReady('protocol.handle');
          if (!this.#schemes.has(scheme)) throw new Error(`'${scheme}' is not a privileged scheme.`);
          if (this.#schemes.get(scheme)) throw new Error(`Failed to register protocol: ${scheme}`);
          this.#schemes.set(scheme, handler);
        },
      }),
      session: this.#readyOnly('session', {
        defaultSession: guarded('session', {
          setPermissionRequestHandler: (handler: never) => {
            this.#requestPermission = handler;
          },
          setPermissionCheckHandler: (handler: never) => {
            this.#checkPermission = handler;
          },
          setDevicePermissionHandler: (handler: never) => {
            this.#checkDevice = handler;
          },
        }),
      }),
      screen: this.#readyOnly('screen', {
        getAllDisplays: () => this.workAreas.map(workArea => guarded('display', { workArea })),
      }),
      nativeTheme: guarded(
        'nativeTheme',
        Object.defineProperty(this.nativeTheme, 'shouldUseDarkColors', { get: () => this.isDark }),
      ),
      powerSaveBlocker: this.#readyOnly('powerSaveBlocker', {
        start: (type: string) => {
          if (type !== 'prevent-app-suspension' && type !== 'prevent-display-sleep')
            throw new TypeError('type');
          this.#blockerCount += 1;
          this.blockers.add(this.#blockerCount);
          return this.#blockerCount;
        },
        stop: (id: number) => this.blockers.delete(id),
      }),
      dialog: guarded('dialog', {
        showErrorBox: (title: string, content: string) => this.errorBoxes.push(`${title}\n${content}`),
        showMessageBox: async (question: { message: string; buttons: string[] }) => {
          this.#needReady('dialog.showMessageBox');
          this.questions.push(question);
          return { response: await this.dialogAnswer, checkboxChecked: false };
        },
        showOpenDialog: async (_window: object, options: object) => {
          this.#needReady('dialog.showOpenDialog');
          checkKeys('options of an open dialog', options, ['title', 'filters', 'defaultPath', 'properties']);
          this.fileDialogs.push({ kind: 'open', options });
          return {
            canceled: this.chosenPath === null,
            filePaths: this.chosenPath === null ? [] : [this.chosenPath],
          };
        },
        showSaveDialog: async (_window: object, options: object) => {
          this.#needReady('dialog.showSaveDialog');
          checkKeys('options of a save dialog', options, ['title', 'filters', 'defaultPath', 'properties']);
          this.fileDialogs.push({ kind: 'save', options });
          return { canceled: this.chosenPath === null, filePath: this.chosenPath ?? '' };
        },
      }),
      shell: guarded('shell', {
        showItemInFolder: (path: string) => this.shownInFolder.push(path),
      }),
      Menu: guarded('Menu', {
        buildFromTemplate: buildMenu,
        setApplicationMenu: (menu: readonly MenuItemStandIn[]) => {
          this.menu = menu;
        },
      }),
      Notification: class Notification {
        static isSupported(): boolean {
          return standIn.hasNotifications;
        }
        constructor(options: { title?: string; body?: string } = {}) {
          standIn.#needReady('Notification');
          // biome-ignore lint/correctness/noConstructorReturn: `new` has to give the guarded notification
          return new NotificationStandIn(standIn, options).guardedNotification as Notification;
        }
      },
      utilityProcess: this.#readyOnly('utilityProcess', {}),
    });
  }

  /** The system has started the app; what waits for it runs. */
  becomeReady(): void {
    this.isReady = true;
    this.#ready.resolve();
  }

  /** Chooses an item of the menu, as far as it can be chosen. */
  clickMenu(label: string): void {
    const item = this.menu.flatMap(({ submenu = [] }) => submenu).find(one => one.label === label);
    if (!item) throw new Error(`The menu has no item ${label}.`);
    if (item.enabled !== false) item.click?.();
  }

  /** What the network stack does with a URL that a page asks for. */
  async fetch(url: string, init?: RequestInit): Promise<Response> {
    const scheme = new URL(url).protocol.slice(0, -1);
    const handler = this.#schemes.get(scheme);
    if (!handler) throw new Error(`net::ERR_UNKNOWN_URL_SCHEME ${url}`);
    return await handler(new Request(url, init));
  }

  /** Asks as a page would; without a handler Electron grants everything. */
  requestPermission(name: string, requestingUrl = 'app://luthier/'): Promise<boolean> {
    return new Promise(resolve => {
      if (this.#requestPermission) this.#requestPermission(null, name, resolve, { requestingUrl });
      else resolve(true);
    });
  }

  checkPermission(name: string, origin = 'app://luthier/'): boolean {
    return this.#checkPermission?.(null, name, origin) ?? true;
  }

  checkDevice(deviceType: string): boolean {
    return this.#checkDevice?.({ deviceType }) ?? true;
  }

  /** As Browser::Quit of Electron: a prevented `before-quit`, `close` or `will-quit` cancels it. */
  quit(): void {
    if (this.#isQuitting || this.exitCode !== null) return;
    this.#isQuitting = !this.app.emitPreventable('before-quit');
    if (!this.#isQuitting) return;
    if (this.windows.length === 0) this.#shutDown();
    else for (const window of [...this.windows]) window.close();
  }

  /** Called by a window whose closing was prevented. */
  onCloseCancelled(): void {
    this.#isQuitting = false;
  }

  /** Called by a window that is gone. */
  onClosed(window: WindowStandIn): void {
    this.windows.splice(this.windows.indexOf(window), 1);
    if (this.windows.length > 0) return;
    if (this.#isQuitting) this.#shutDown();
    else if (this.app.listenerCount('window-all-closed') === 0) this.quit();
    else this.app.emit('window-all-closed');
  }

  #shutDown(): void {
    if (this.app.emitPreventable('will-quit')) this.#isQuitting = false;
    else this.exitCode = 0;
  }

  #appModule(): object {
    return guarded(
      'app',
      Object.assign(this.app, {
        isPackaged: false,
        requestSingleInstanceLock: () => this.#options.hasLock ?? true,
        whenReady: () => this.#ready.promise,
        quit: () => this.quit(),
        exit: (code: number) => {
          this.exitCode ??= code;
        },
        setAppUserModelId: (id: string) => {
          this.appUserModelId = id;
        },
        enableSandbox: () => {
          if (this.isReady) throw new Error('app.enableSandbox() can only be called before app is ready');
          this.isSandboxed = true;
        },
        getPath: (name: string) => {
          if (name !== 'userData') throw new Error(`The stand-in does not know the path '${name}'.`);
          return this.#options.userData;
        },
        commandLine: guarded('app.commandLine', {
          getSwitchValue: (name: string) => this.#options.switches?.[name] ?? '',
        }),
      }),
    );
  }

  #needReady(name: string): void {
    if (!this.isReady) throw new Error(`${name} can only be used after the app is ready.`);
  }

  /** Any use of the module before ready throws, as Electron's lazy modules do. */
  #readyOnly<T extends object>(name: string, module: T): T {
    return new Proxy(guarded(name, module), {
      get: (target, property) => {
        this.#needReady(name);
        return Reflect.get(target, property);
      },
    });
  }
}
