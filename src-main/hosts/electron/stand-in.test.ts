/** The guards of the Electron stand-in fire: what it does not know, or Electron forbids, cannot pass a test. */
import { expect, it } from 'vitest';
import { ElectronStandIn } from './electron-stand-in.ts';
import { bridged, PageStandIn } from './page-stand-in.ts';

interface Main {
  readonly clipboard: unknown;
  readonly ipcRenderer: unknown;
  readonly app: {
    on(event: string, listener: () => void): void;
    getPath(name: string): string;
    enableSandbox(): void;
    readonly setName: unknown;
  };
  readonly protocol: {
    registerSchemesAsPrivileged(schemes: readonly object[]): void;
    handle(scheme: string, handler: () => void): void;
  };
  readonly screen: { getAllDisplays(): unknown };
  readonly powerSaveBlocker: { start(type: string): number };
  readonly utilityProcess: { readonly fork: unknown };
  readonly Menu: { buildFromTemplate(template: readonly object[]): unknown };
  readonly BrowserWindow: new (
    options: object,
  ) => {
    loadURL(url: string): Promise<void>;
    close(): void;
    setProgressBar(progress: unknown): void;
    readonly setMenu: unknown;
  };
  readonly Notification: new (
    options: object,
  ) => {
    on(event: string, listener: () => void): void;
    readonly addAction: unknown;
  };
}

const size = { width: 1000, height: 700, backgroundColor: '#000000' };
const scheme = { scheme: 'app', privileges: { standard: true, secure: true } };

function createStandIn(): { standIn: ElectronStandIn; main: Main } {
  const standIn = new ElectronStandIn({ userData: '/nowhere', channels: ['declared'] });
  return { standIn, main: standIn.mainModule() as Main };
}

it('throws on an API, event, path, option or role that it does not know', () => {
  const { standIn, main } = createStandIn();
  expect(() => main.clipboard).toThrow('electron (main).clipboard');
  expect(() => main.ipcRenderer).toThrow('electron (main).ipcRenderer');
  expect(() => main.app.setName).toThrow('app.setName');
  expect(() => main.app.on('login', () => {})).toThrow("event 'login' of app");
  expect(() => main.app.getPath('music')).toThrow("path 'music'");
  standIn.becomeReady();
  expect(() => new main.BrowserWindow({ ...size, webPreferences: { enableRemoteModule: true } })).toThrow(
    'enableRemoteModule',
  );
  expect(() => new main.BrowserWindow({ ...size, webPreferences: {}, kiosk: true })).toThrow('kiosk');
  expect(() => new main.BrowserWindow({ ...size, webPreferences: {} }).setMenu).toThrow(
    'BrowserWindow.setMenu',
  );
  expect(() => main.powerSaveBlocker.start('forever')).toThrow('type');
  expect(() => main.utilityProcess.fork).toThrow('utilityProcess.fork');
});

it('throws on what needs ready before ready, and on what must precede it afterwards', () => {
  const { standIn, main } = createStandIn();
  main.protocol.registerSchemesAsPrivileged([scheme]);
  expect(() => main.screen.getAllDisplays()).toThrow('after the app is ready');
  expect(() => main.powerSaveBlocker.start('prevent-app-suspension')).toThrow('after the app is ready');
  expect(() => new main.BrowserWindow({ ...size, webPreferences: {} })).toThrow('after the app is ready');
  expect(() => main.protocol.handle('app', () => {})).toThrow('after the app is ready');
  standIn.becomeReady();
  expect(() => main.protocol.registerSchemesAsPrivileged([scheme])).toThrow('before app is ready');
  expect(() => main.app.enableSandbox()).toThrow('before app is ready');
  expect(() => main.protocol.handle('file', () => {})).toThrow('not a privileged scheme');
});

it('shows notifications once ready, with the options and events that Electron has', () => {
  const { standIn, main } = createStandIn();
  expect(() => new main.Notification({ title: 'a' })).toThrow('after the app is ready');
  standIn.becomeReady();
  expect(() => new main.Notification({ title: 'a', text: 'b' })).toThrow('text');
  const notice = new main.Notification({ title: 'a', body: 'b' });
  expect(() => notice.on('press', () => {})).toThrow("event 'press' of Notification");
  expect(() => notice.addAction).toThrow('Notification.addAction');
  expect(standIn.notifications).toEqual([]);
});

it('builds menus of what Electron takes only', () => {
  const { main } = createStandIn();
  const build = (item: object) => () => main.Menu.buildFromTemplate([{ label: 'Top', submenu: [item] }]);
  expect(build({})).toThrow('at least one of label, role or type');
  expect(build({ role: 'fly' })).toThrow('menu role fly');
  expect(build({ label: 'a', accelerator: 'Mod+A' })).toThrow('no valid accelerator');
  expect(build({ label: 'a', onclick: 1 })).toThrow('onclick');
});

it('takes numbers as progress, of windows that are there', () => {
  const { standIn, main } = createStandIn();
  standIn.becomeReady();
  const window = new main.BrowserWindow({ ...size, webPreferences: {} });
  expect(() => window.setProgressBar('half')).toThrow('conversion failure');
  expect(() => window.setProgressBar(Number.NaN)).toThrow('conversion failure');
  window.close();
  expect(() => window.setProgressBar(0.5)).toThrow('destroyed');
});

it('declares schemes once only', () => {
  const { main } = createStandIn();
  main.protocol.registerSchemesAsPrivileged([scheme]);
  expect(() => main.protocol.registerSchemesAsPrivileged([scheme])).toThrow('only be called once');
});

it('fails to load a scheme that nobody handles', async () => {
  const { standIn, main } = createStandIn();
  standIn.becomeReady();
  const window = new main.BrowserWindow({ ...size, webPreferences: {} });
  await expect(window.loadURL('app://luthier/')).rejects.toThrow('ERR_UNKNOWN_URL_SCHEME');
});

interface Preload {
  readonly app: unknown;
  readonly contextBridge: { exposeInMainWorld(key: string, api: unknown): void };
  readonly ipcRenderer: {
    send(channel: string, ...values: unknown[]): void;
    on(channel: string, listener: () => void): void;
    readonly sendSync: unknown;
  };
}

it('gives a preload script its own two modules, and declared channels only', () => {
  const page = new PageStandIn(['declared'], { contextIsolation: true });
  expect(() => page.preloadModule()).toThrow('none is loaded');
  page.commit('app://luthier/');
  const preload = page.preloadModule() as Preload;
  expect(() => preload.app).toThrow('electron (preload).app');
  expect(() => preload.ipcRenderer.sendSync).toThrow('ipcRenderer.sendSync');
  expect(() => preload.ipcRenderer.send('other')).toThrow("channel 'other' is not declared");
  expect(() => preload.ipcRenderer.on('other', () => {})).toThrow("channel 'other' is not declared");
  expect(() => preload.ipcRenderer.send('declared', () => {})).toThrow('could not be cloned');
  expect(() => page.contents.send('other')).toThrow("channel 'other' is not declared");
  preload.contextBridge.exposeInMainWorld('api', {});
  expect(() => preload.contextBridge.exposeInMainWorld('api', {})).toThrow('existing property');
});

it('has no context bridge without context isolation', () => {
  const page = new PageStandIn([], { contextIsolation: false });
  page.commit('app://luthier/');
  const preload = page.preloadModule() as Preload;
  expect(() => preload.contextBridge.exposeInMainWorld('api', {})).toThrow('contextIsolation');
});

it('copies between the worlds: no prototypes, no symbols, nothing to write to', () => {
  class Point {
    readonly x = 1;
    norm(): number {
      return this.x;
    }
  }
  expect(Object.getPrototypeOf(bridged(new Point()))).toBe(Object.prototype);
  expect(() => bridged({ key: Symbol('key') })).toThrow('could not be cloned');
  expect(Object.isFrozen(bridged({ a: [1] }))).toBe(true);
});
