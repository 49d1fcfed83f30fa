/** Test-only: a window's page as Electron shows it to both sides, the main process and the preload script. */
import { EventEmitter } from 'node:events';
import { guarded, KnownEmitter } from './stand-in-guard.ts';

const CONTENTS_EVENTS = [
  'destroyed',
  'did-navigate',
  'render-process-gone',
  'will-attach-webview',
  'will-frame-navigate',
  'will-navigate',
  'will-prevent-unload',
  'will-redirect',
];

export interface StandInFrame {
  readonly url: string;
  readonly parent: StandInFrame | null;
}

type InvokeHandler = (event: object, ...values: unknown[]) => unknown;

/** `webContents.ipc`: listeners of messages, and one handler for each question. */
class IpcStandIn extends EventEmitter {
  readonly handlers = new Map<string, InvokeHandler>();

  handle(channel: string, handler: InvokeHandler): void {
    if (this.handlers.has(channel))
      throw new Error(`Attempted to register a second handler for '${channel}'`);
    this.handlers.set(channel, handler);
  }
}

/** `webContents`, seen from the main process. */
class ContentsStandIn extends KnownEmitter {
  readonly ipc = guarded('webContents.ipc', new IpcStandIn());
  readonly #page: PageStandIn;

  constructor(page: PageStandIn) {
    super('webContents', CONTENTS_EVENTS);
    this.#page = page;
  }

  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.#page.windowOpenHandler = handler;
  }

  isDestroyed(): boolean {
    return this.#page.isDestroyed;
  }

  send(channel: string, ...values: unknown[]): void {
    this.#page.deliverToPage(channel, values);
  }
}

/** One loaded document: what it listens to, and what its preload script exposed. Dies with a navigation. */
interface DocumentStandIn {
  readonly frame: StandInFrame;
  readonly listeners: EventEmitter;
  readonly world: Record<string, unknown>;
}

/**
 * The page of one window. Tests play the page's part here: navigate, send messages, run the preload
 * script, look at what it exposed. `channels` are the declared ones; any other throws.
 */
export class PageStandIn {
  readonly contents: ContentsStandIn = new ContentsStandIn(this);
  /** The object that the main process holds, the same one everywhere. */
  readonly guardedContents = guarded('webContents', this.contents);
  /** Where the files that the user drops lie. */
  readonly filePaths = new Map<File, string>();
  windowOpenHandler: ((details: { url: string }) => { action: string }) | null = null;
  isDestroyed = false;
  readonly #channels: readonly string[];
  readonly #webPreferences: { readonly contextIsolation?: boolean };
  #document: DocumentStandIn | null = null;

  constructor(channels: readonly string[], webPreferences: { readonly contextIsolation?: boolean }) {
    this.#channels = channels;
    this.#webPreferences = webPreferences;
  }

  get url(): string | undefined {
    return this.#document?.frame.url;
  }

  /** What the page finds on `window`. */
  get world(): { readonly luthier?: unknown } {
    return this.#document?.world ?? {};
  }

  /** A new document takes the old one's place. */
  commit(url: string): void {
    this.#document = { frame: { url, parent: null }, listeners: new EventEmitter(), world: {} };
    this.contents.emit('did-navigate', {}, url, 200, 'OK');
  }

  /** The page sets `location` or a link is clicked. Returns whether the app let it. */
  navigate(url: string): boolean {
    const details = { url, isMainFrame: true, isSameDocument: false };
    const isRefused =
      this.contents.emitPreventable('will-frame-navigate', details) ||
      this.contents.emitPreventable('will-navigate', details, url);
    if (!isRefused) this.commit(url);
    return !isRefused;
  }

  /** A frame inside the page navigates: `will-navigate` is not emitted for it. */
  navigateFrame(url: string): boolean {
    return !this.contents.emitPreventable('will-frame-navigate', { url, isMainFrame: false });
  }

  /** The server answers a navigation with a redirect. */
  redirect(url: string): boolean {
    return !this.contents.emitPreventable('will-redirect', { url, isMainFrame: true }, url);
  }

  /** `window.open`, or a link with a target. */
  open(url: string): string {
    return this.windowOpenHandler?.({ url }).action ?? 'allow';
  }

  /** What `electron` exports in this document's preload script, and nothing of the main process. */
  preloadModule(): object {
    const document = this.#document;
    if (document === null) throw new Error('A preload script runs in a document, and none is loaded.');
    return guarded('electron (preload)', {
      contextBridge: guarded('contextBridge', {
        exposeInMainWorld: (key: string, api: unknown) => this.#expose(document, key, api),
      }),
      ipcRenderer: guarded('ipcRenderer', {
        send: (channel: string, ...values: unknown[]) => this.#sendFrom(document, channel, values),
        invoke: async (channel: string, ...values: unknown[]) =>
          await this.askMain(this.#declared(channel), values, document.frame),
        on: (channel: string, listener: (...values: unknown[]) => void) => {
          document.listeners.on(this.#declared(channel), listener);
        },
      }),
      webUtils: guarded('webUtils', {
        getPathForFile: (file: unknown) => {
          if (!(file instanceof File)) throw new TypeError('getPathForFile expects a File.');
          return this.filePaths.get(file) ?? '';
        },
      }),
    });
  }

  /** A question that claims to come from `frame`; rejects where nobody answers, or with the answerer's error. */
  async askMain(channel: string, values: readonly unknown[], frame: StandInFrame | null): Promise<unknown> {
    const handler = this.contents.ipc.handlers.get(channel);
    if (!handler) throw new Error(`No handler registered for '${channel}'`);
    const event = { type: 'frame', sender: this.guardedContents, senderFrame: frame };
    return structuredClone(await handler(event, ...structuredClone(values)));
  }

  /** A message that claims to come from `frame`, or from another window's contents. */
  deliverToMain(channel: string, message: unknown, frame: StandInFrame | null, sender?: object): void {
    const event = { type: 'frame', sender: sender ?? this.guardedContents, senderFrame: frame };
    if (!this.isDestroyed) this.contents.ipc.emit(channel, event, structuredClone(message));
  }

  deliverToPage(channel: string, values: readonly unknown[]): void {
    if (this.isDestroyed) throw new TypeError('Object has been destroyed');
    const copies = structuredClone(values);
    const document = this.#document;
    this.#declared(channel);
    setImmediate(() => {
      if (document === this.#document)
        document?.listeners.emit(channel, { senderIsElectron: true }, ...copies);
    });
  }

  destroy(): void {
    this.isDestroyed = true;
    this.#document = null;
    this.contents.emit('destroyed');
  }

  #sendFrom(document: DocumentStandIn, channel: string, values: readonly unknown[]): void {
    const [copy] = structuredClone(values);
    this.#declared(channel);
    setImmediate(() => {
      if (document === this.#document) this.deliverToMain(channel, copy, document.frame);
    });
  }

  #expose(document: DocumentStandIn, key: string, api: unknown): void {
    if (this.#webPreferences.contextIsolation === false) {
      throw new Error('contextBridge API can only be used when contextIsolation is enabled');
    }
    if (key in document.world) {
      throw new Error('Cannot bind an API on top of an existing property on the window object');
    }
    document.world[key] = bridged(api);
  }

  #declared(channel: string): string {
    if (!this.#channels.includes(channel)) throw new Error(`The channel '${channel}' is not declared.`);
    return channel;
  }
}

/**
 * Copies a value between the worlds as contextBridge does: functions become proxies whose arguments and
 * results are copied too, plain objects and arrays are copied and frozen, prototypes are lost, and
 * symbols cannot pass.
 */
export function bridged(value: unknown): unknown {
  if (typeof value === 'symbol') throw new TypeError('An object could not be cloned.');
  if (typeof value === 'function') {
    return (...values: unknown[]) => bridged(value(...values.map(bridged)));
  }
  if (Array.isArray(value)) return Object.freeze(value.map(bridged));
  if (value instanceof File || value instanceof Promise) return value;
  if (value instanceof Error) return new Error(value.message);
  if (typeof value === 'object' && value !== null) {
    return Object.freeze(
      Object.fromEntries(Object.entries(value).map(([key, item]) => [key, bridged(item)])),
    );
  }
  return value;
}
