/** The desktop host as a whole: main.ts and preload.ts run against the Electron stand-in. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type {
  ClientMessage,
  LuthierBridge,
  PageRequest,
  ServerMessage,
} from '../../../src-shared/contract/messages.ts';
import { runSummary } from '../../../src-shared/domain/run-summary-fixture.ts';
import { MemoryBackend } from '../web/memory-backend.ts';
import { CHANNELS } from './channels.ts';
import { ElectronStandIn, type StandInOptions } from './electron-stand-in.ts';
import type { PageStandIn } from './page-stand-in.ts';
import type { WindowStandIn } from './window-stand-in.ts';

let directory: string;
let backend: MemoryBackend;
let standIn: ElectronStandIn;
let createBackend: ReturnType<typeof vi.fn>;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'luthier-electron-'));
  await mkdir(join(directory, 'renderer', 'assets'), { recursive: true });
  await writeFile(join(directory, 'renderer', 'index.html'), 'the studio');
  await writeFile(join(directory, 'renderer', 'assets', 'index-Bx3kT9aQ.js'), 'the code');
  await writeFile(join(directory, 'secret.txt'), 'secret');
  backend = new MemoryBackend();
  createBackend = vi.fn(async () => backend);
});
afterEach(async () => {
  vi.doUnmock('electron');
  await rm(directory, { recursive: true });
});

/** Runs main.ts in a new process, as far as it goes before ready. */
async function launch(options: Partial<StandInOptions> = {}): Promise<void> {
  standIn = new ElectronStandIn({ userData: directory, channels: Object.values(CHANNELS), ...options });
  vi.resetModules();
  vi.doMock('electron', () => standIn.mainModule());
  vi.doMock('../create-backend.ts', () => ({ createBackend }));
  vi.doMock('../locate-files.ts', () => ({
    locateFiles: () => ({
      rendererDirectory: join(directory, 'renderer'),
      preloadFile: '/app/preload.cjs',
      resourcesDirectory: '/app/resources',
      nativeDirectory: '/app/native',
      processDirectory: '/app/processes',
    }),
  }));
  await import('./main.ts');
}

/** The first import of the whole host takes its time on a busy machine. */
const FIRST_WINDOW_MS = 10_000;

async function start(options: Partial<StandInOptions> = {}): Promise<WindowStandIn> {
  await launch(options);
  standIn.becomeReady();
  return await vi.waitFor(() => {
    const [window] = standIn.windows;
    if (window?.page.url === undefined) throw new Error('No window yet.');
    return window;
  }, FIRST_WINDOW_MS);
}

/** Runs preload.ts in the page's document and connects, as the page's own code does. */
async function connect(page: PageStandIn) {
  vi.resetModules();
  vi.doMock('electron', () => page.preloadModule());
  await import('./preload.ts');
  const received: ServerMessage[] = [];
  const bridge = page.world.luthier as LuthierBridge;
  const send = bridge.connect(message => received.push(message));
  return { bridge, received, send };
}

const info: ClientMessage = { type: 'call', id: 1, procedure: 'app.info', input: { a: 1 } };
const infoResult = { type: 'result', id: 1, result: { ok: true, value: { echo: { a: 1 } } } };
const subscribe: ClientMessage = { type: 'subscribe', id: 2, stream: 'runs.changed', input: {} };
/** The host watches `runs.changed` itself: how many runs train, and how far they are. */
const OWN_SUBSCRIPTIONS = 2;
const settle = () => new Promise(resolve => setTimeout(resolve, 20));

describe('the start', () => {
  it('opens one sandboxed window on the page, with nothing of Node in it', async () => {
    const window = await start();
    expect(standIn.windows).toHaveLength(1);
    expect(standIn.isSandboxed).toBe(true);
    expect(window.page.url).toBe('app://luthier/');
    expect(window.options.webPreferences).toEqual({
      preload: '/app/preload.cjs',
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
    });
    expect(window.options).toMatchObject({ title: 'Luthier', show: false });
    expect(window.calls).toEqual(['show']);
    expect(standIn.errorBoxes).toEqual([]);
  });

  it('makes the backend from where its files are, with the usual home', async () => {
    await start();
    expect(createBackend).toHaveBeenCalledExactlyOnceWith({
      host: 'electron',
      home: null,
      resourcesDirectory: '/app/resources',
      nativeDirectory: '/app/native',
      processDirectory: '/app/processes',
      launcher: expect.objectContaining({ launch: expect.any(Function) }),
    });
  });

  it('takes another home from --home', async () => {
    await start({ switches: { home: '/data/luthier' } });
    expect(createBackend).toHaveBeenCalledWith(expect.objectContaining({ home: '/data/luthier' }));
  });

  it('says why, and ends with 1, where there is no backend', async () => {
    const error = { code: 'history.newer', title: 'Title.', cause: 'Cause.', remedy: 'Remedy.' };
    createBackend.mockImplementation(async () => {
      // The class of the main process that runs now, which checks with instanceof.
      const { CodedException } = await import('../../../src-shared/contract/coded-error.ts');
      throw new CodedException(error);
    });
    await launch();
    standIn.becomeReady();
    await vi.waitFor(() => expect(standIn.exitCode).toBe(1));
    expect(standIn.errorBoxes).toEqual(['Title.\nCause.\n\nRemedy.']);
    expect(standIn.windows).toEqual([]);
  });
});

describe('--cli', () => {
  it('runs a command and ends with its code, without a backend or a window', async () => {
    const { argv } = process;
    process.argv = ['/opt/luthier', '--cli', 'doctor'];
    const runCommandLine = vi.fn(() => 2);
    vi.doMock('./command-line.ts', async original => ({ ...(await original<object>()), runCommandLine }));
    try {
      await launch();
    } finally {
      process.argv = argv;
      vi.doUnmock('./command-line.ts');
    }
    expect(runCommandLine).toHaveBeenCalledExactlyOnceWith(['doctor'], expect.any(String));
    expect(standIn.exitCode).toBe(2);
    expect(createBackend).not.toHaveBeenCalled();
  });
});

describe('a second launch', () => {
  it('ends without touching anything', async () => {
    await launch({ hasLock: false });
    standIn.becomeReady();
    await settle();
    expect(standIn.exitCode).toBe(0);
    expect(createBackend).not.toHaveBeenCalled();
    expect(standIn.windows).toEqual([]);
  });

  it('brings the first one’s window to the front', async () => {
    const window = await start();
    window.calls.length = 0;
    standIn.app.emit('second-instance', {}, [], '/');
    expect(window.calls).toEqual(['show', 'focus']);
    window.minimize();
    window.calls.length = 0;
    standIn.app.emit('second-instance', {}, [], '/');
    expect(window.calls).toEqual(['restore', 'show', 'focus']);
    expect(standIn.windows).toHaveLength(1);
  });
});

describe('the page', () => {
  it('is served with the strict policy', async () => {
    await start();
    const answer = await standIn.fetch('app://luthier/');
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe('the studio');
    expect(Object.fromEntries(answer.headers)).toEqual({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    });
    expect(await (await standIn.fetch('app://luthier/runs/7')).text()).toBe('the studio');
    expect(await (await standIn.fetch('app://luthier/assets/index-Bx3kT9aQ.js')).text()).toBe('the code');
  });

  it.each([
    ['app://luthier/..%2fsecret.txt', {}, 403],
    ['app://luthier/..%5csecret.txt', {}, 403],
    ['app://luthier/%00', {}, 403],
    ['app://luthier/../secret.txt', {}, 404],
    ['app://luthier/gone.js', {}, 404],
    ['app://other/index.html', {}, 404],
    ['app://luthier:81/index.html', {}, 404],
    ['app://luthier/', { method: 'POST', body: '{}' }, 405],
  ])('refuses %s %j', async (url, init, status) => {
    await start();
    const answer = await standIn.fetch(url, init);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await answer.text()).not.toContain('secret');
  });

  it.each(['https://example.org/', 'file:///etc/passwd', 'app://other/', 'data:text/html,x', 'javascript:1'])(
    'cannot leave for %s, in itself, a frame, a redirect or a new window',
    async url => {
      const { page } = await start();
      expect(page.navigate(url)).toBe(false);
      expect(page.contents.emitPreventable('will-navigate', { url })).toBe(true);
      expect(page.navigateFrame(url)).toBe(false);
      expect(page.redirect(url)).toBe(false);
      expect(page.open(url)).toBe('deny');
      expect(page.url).toBe('app://luthier/');
    },
  );

  it('opens no second window of its own either, and no webview, but may reload', async () => {
    const { page } = await start();
    expect(page.open('app://luthier/')).toBe('deny');
    expect(page.contents.emitPreventable('will-attach-webview', {}, {}, {})).toBe(true);
    expect(page.navigate('app://luthier/')).toBe(true);
  });

  it('cannot hold its window open', async () => {
    const { page } = await start();
    expect(page.contents.emitPreventable('will-prevent-unload')).toBe(true);
  });

  it('may put text into the clipboard, which a foreign page may not', async () => {
    await start();
    expect(await standIn.requestPermission('clipboard-sanitized-write')).toBe(true);
    expect(standIn.checkPermission('clipboard-sanitized-write')).toBe(true);
    expect(await standIn.requestPermission('clipboard-sanitized-write', 'https://example.org/')).toBe(false);
    expect(standIn.checkPermission('clipboard-sanitized-write', 'app://other/')).toBe(false);
  });

  it.each(['media', 'geolocation', 'notifications', 'clipboard-read', 'openExternal', 'hid', 'unknown'])(
    'has no permission: %s',
    async name => {
      await start();
      expect(await standIn.requestPermission(name)).toBe(false);
      expect(standIn.checkPermission(name)).toBe(false);
      expect(standIn.checkDevice(name)).toBe(false);
    },
  );
});

describe('the bridge', () => {
  it('exposes its few functions and nothing else', async () => {
    const { page } = await start();
    const { bridge } = await connect(page);
    expect(Object.keys(page.world)).toEqual(['luthier']);
    expect(Object.entries(bridge)).toEqual(
      ['connect', 'pathOf', 'chooseFile', 'showInFolder', 'setMenu', 'onRequest'].map(name => [
        name,
        expect.any(Function),
      ]),
    );
    expect(() => bridge.connect(() => {})).toThrow('connected already');
    bridge.onRequest(() => {});
    expect(() => bridge.onRequest(() => {})).toThrow('requests already');
  });

  it('carries a call to the backend and its answer back', async () => {
    const { page } = await start();
    const { received, send } = await connect(page);
    send(info);
    await vi.waitFor(() => expect(received).toEqual([infoResult]));
  });

  it('carries events, cancellation and the end of a subscription', async () => {
    const { page } = await start();
    const { received, send } = await connect(page);
    send(subscribe);
    send({ type: 'call', id: 3, procedure: 'chat.answer', input: {} });
    send({ type: 'cancel', id: 3 });
    await vi.waitFor(() => expect(received.map(message => message.type)).toEqual(['subscribed', 'result']));
    backend.publish('runs.changed', { id: 'run-1' });
    await vi.waitFor(() => expect(received.at(-1)).toEqual({ type: 'event', id: 2, event: { id: 'run-1' } }));
    send({ type: 'unsubscribe', id: 2 });
    await vi.waitFor(() => expect(backend.openSubscriptions).toBe(OWN_SUBSCRIPTIONS));
    expect(backend.aborted).toBe(1);
  });

  it('hands the page messages without Electron’s event', async () => {
    const { page } = await start();
    vi.resetModules();
    vi.doMock('electron', () => page.preloadModule());
    await import('./preload.ts');
    const heard: unknown[][] = [];
    const send = (page.world.luthier as LuthierBridge).connect((...values) => heard.push(values));
    send(info);
    await vi.waitFor(() => expect(heard).toEqual([[infoResult]]));
  });

  it('spells the declared channels', async () => {
    const source = await readFile(join(import.meta.dirname, 'preload.ts'), 'utf8');
    for (const channel of Object.values(CHANNELS)) expect(source).toContain(`'${channel}'`);
    expect(source.match(/^import (?!type )/gm)).toHaveLength(1);
  });
});

describe('files', () => {
  const question = {
    purpose: 'open',
    title: 'Open recipe',
    extensions: ['.yaml'],
    path: '/home/me/a.yaml',
  } as const;

  it('are chosen in the system’s dialog, which begins where the last one lay', async () => {
    const { page } = await start();
    const { bridge } = await connect(page);
    standIn.chosenPath = '/home/me/b.yaml';
    expect(await bridge.chooseFile(question)).toBe('/home/me/b.yaml');
    expect(await bridge.chooseFile({ ...question, purpose: 'save', extensions: [], path: '' })).toBe(
      '/home/me/b.yaml',
    );
    const everything = { name: '*', extensions: ['*'] };
    expect(standIn.fileDialogs).toEqual([
      {
        kind: 'open',
        options: {
          title: 'Open recipe',
          defaultPath: '/home/me/a.yaml',
          filters: [{ name: 'Open recipe', extensions: ['yaml'] }, everything],
          properties: ['openFile'],
        },
      },
      {
        kind: 'save',
        options: {
          title: 'Open recipe',
          filters: [everything],
          properties: ['createDirectory', 'showOverwriteConfirmation'],
        },
      },
    ]);
    standIn.chosenPath = null;
    expect(await bridge.chooseFile(question)).toBe(null);
    expect(await bridge.chooseFile({ ...question, purpose: 'save' })).toBe(null);
  });

  it('may be folders too, and are shown in the file manager by their whole path', async () => {
    const { page } = await start();
    const { bridge } = await connect(page);
    standIn.chosenPath = '/home/me/models';
    expect(await bridge.chooseFile({ ...question, purpose: 'folder' })).toBe('/home/me/models');
    expect(standIn.fileDialogs[0]?.options).toMatchObject({
      properties: ['openDirectory', 'createDirectory'],
    });
    await bridge.showInFolder('/home/me/models/demo.gguf');
    await expect(bridge.showInFolder('demo.gguf')).rejects.toThrow();
    const foreign = { url: 'https://example.org/', parent: null };
    await expect(page.askMain(CHANNELS.showInFolder, ['/etc'], foreign)).rejects.toThrow('Only the studio');
    expect(standIn.shownInFolder).toEqual(['/home/me/models/demo.gguf']);
  });

  it('are chosen for the studio’s own page only, and for whole questions only', async () => {
    const { page } = await start();
    const foreign = { url: 'https://example.org/', parent: null };
    const own = { url: 'app://luthier/', parent: null };
    await expect(page.askMain(CHANNELS.chooseFile, [question], foreign)).rejects.toThrow('Only the studio');
    await expect(page.askMain(CHANNELS.chooseFile, [{ purpose: 'delete' }], own)).rejects.toThrow();
    expect(standIn.fileDialogs).toEqual([]);
  });

  it('tell where they lie when they are dropped', async () => {
    const { page } = await start();
    const { bridge } = await connect(page);
    const dropped = new File(['{}'], 'train.jsonl');
    page.filePaths.set(dropped, '/data/train.jsonl');
    expect(bridge.pathOf(dropped)).toBe('/data/train.jsonl');
    expect(bridge.pathOf(new File([], 'made in the page'))).toBe('');
  });

  it('that the system opens reach the page once it takes them, and from then on at once', async () => {
    await launch();
    const first = { preventDefault: vi.fn() };
    standIn.app.emit('open-file', first, '/before/a.luthier.yaml');
    standIn.becomeReady();
    const window = await vi.waitFor(() => {
      const [opened] = standIn.windows;
      if (opened?.page.url === undefined) throw new Error('No window yet.');
      return opened;
    });
    expect(first.preventDefault).toHaveBeenCalled();
    const { bridge } = await connect(window.page);
    const opened: PageRequest[] = [];
    bridge.onRequest(request => opened.push(request));
    await settle();
    const before = { kind: 'recipe', path: '/before/a.luthier.yaml' };
    expect(opened).toEqual([before]);
    const args = ['/opt/luthier', '--some-switch', 'b.luthier.yaml', '--allow-file-access-from-files'];
    standIn.app.emit('second-instance', {}, args, '/work here');
    standIn.app.emit('second-instance', {}, ['/opt/luthier', '--x=c.yaml', 'notes.txt'], '/work here');
    await settle();
    expect(opened).toEqual([before, { kind: 'recipe', path: '/work here/b.luthier.yaml' }]);
  });

  it('that the system opens wait for the page after a reload', async () => {
    const { page } = await start();
    const { bridge } = await connect(page);
    bridge.onRequest(() => {});
    await settle();
    page.commit('app://luthier/');
    standIn.app.emit('open-file', { preventDefault() {} }, '/a.yaml');
    const opened: PageRequest[] = [];
    (await connect(page)).bridge.onRequest(request => opened.push(request));
    await settle();
    expect(opened).toEqual([{ kind: 'recipe', path: '/a.yaml' }]);
  });
});

describe('messages from elsewhere', () => {
  const main = { url: 'app://luthier/', parent: null };

  it.each([
    ['a frame inside the page', { url: 'app://luthier/', parent: main }],
    ['a foreign page in the window', { url: 'https://example.org/', parent: null }],
    ['a page that names itself alike', { url: 'https://luthier/', parent: null }],
    ['another host of the scheme', { url: 'app://luthier.example/', parent: null }],
    ['a blank page', { url: 'about:blank', parent: null }],
    ['a page without an address', { url: '', parent: null }],
    ['a frame that is gone', null],
  ])('are ignored: %s', async (_, frame) => {
    const { page } = await start();
    page.deliverToMain(CHANNELS.toBackend, subscribe, frame);
    await settle();
    expect(backend.openSubscriptions).toBe(OWN_SUBSCRIPTIONS);
  });

  it('are ignored: another window', async () => {
    const { page } = await start();
    page.deliverToMain(CHANNELS.toBackend, subscribe, main, {});
    expect(backend.openSubscriptions).toBe(OWN_SUBSCRIPTIONS);
    page.deliverToMain(CHANNELS.toBackend, subscribe, main);
    expect(backend.openSubscriptions).toBe(OWN_SUBSCRIPTIONS + 1);
  });

  it('are ignored: broken ones', async () => {
    const { page } = await start();
    for (const message of [undefined, null, 'call', 7, {}, { type: 'launch' }]) {
      page.deliverToMain(CHANNELS.toBackend, message, main);
    }
    const { received, send } = await connect(page);
    send(info);
    await vi.waitFor(() => expect(received).toEqual([infoResult]));
  });
});

describe('a page that goes away', () => {
  it.each([
    ['reloads', (page: PageStandIn) => page.commit('app://luthier/')],
    ['crashes', (page: PageStandIn) => void page.contents.emit('render-process-gone', {}, { reason: 'oom' })],
  ])('gives back what it held open when it %s, and the next one starts afresh', async (_, goAway) => {
    const { page } = await start();
    const { received, send } = await connect(page);
    send(subscribe);
    send({ type: 'call', id: 3, procedure: 'chat.answer', input: {} });
    await vi.waitFor(() => expect(backend.waiting.size).toBe(1));
    goAway(page);
    expect(backend.openSubscriptions).toBe(OWN_SUBSCRIPTIONS);
    expect(backend.aborted).toBe(1);
    received.length = 0;

    page.commit('app://luthier/');
    const next = await connect(page);
    next.send(info);
    await vi.waitFor(() => expect(next.received).toEqual([infoResult]));
    expect(received).toEqual([]);
  });

  it('keeps its session when a navigation was refused', async () => {
    const { page } = await start();
    const { send, received } = await connect(page);
    send(subscribe);
    await vi.waitFor(() => expect(received).toHaveLength(1));
    page.navigate('https://example.org/');
    expect(backend.openSubscriptions).toBe(OWN_SUBSCRIPTIONS + 1);
  });
});

describe('the window', () => {
  it('comes back where it was', async () => {
    const first = await start();
    first.bounds = { x: 40, y: 50, width: 1100, height: 700 };
    first.maximize();
    first.close();
    const second = await start();
    expect(second.bounds).toEqual(first.bounds);
    expect(second.isMaximized()).toBe(true);
  });

  it('has the theme’s colour from the start and follows it', async () => {
    const window = await start();
    const light = window.backgroundColor;
    standIn.isDark = true;
    standIn.nativeTheme.emit('updated');
    expect(window.backgroundColor).not.toBe(light);
    const dark = window.backgroundColor;
    window.close();
    standIn.nativeTheme.emit('updated');
    expect(standIn.nativeTheme.listenerCount('updated')).toBe(0);
    expect(dark).toMatch(/^#[0-9a-f]{6}$/);
  });
});

describe('a run that is training', () => {
  const changeRuns = async (...statuses: Parameters<typeof runSummary>[0][]) => {
    backend.runs = statuses.map(runSummary);
    backend.publish('runs.changed', { id: 'run' });
    await settle();
  };

  it('keeps the machine awake until the last one ends', async () => {
    await start();
    expect(standIn.blockers.size).toBe(0);
    await changeRuns('running');
    await changeRuns('running', 'running', 'completed');
    expect(standIn.blockers.size).toBe(1);
    await changeRuns('completed', 'stopped');
    expect(standIn.blockers.size).toBe(0);
  });

  it.each(['the close button', 'quitting'])('is asked about at %s, once, and may go on', async way => {
    const window = await start();
    await changeRuns('running');
    const answer = Promise.withResolvers<number>();
    standIn.dialogAnswer = answer.promise;
    const leave = () => (way === 'quitting' ? standIn.quit() : window.close());
    leave();
    leave();
    expect(standIn.questions).toMatchObject([{ message: 'A run is training.', cancelId: 0, defaultId: 0 }]);
    answer.resolve(0);
    await settle();
    expect(standIn.exitCode).toBeNull();
    expect(standIn.windows).toHaveLength(1);
    expect(backend.closed).toBe(0);
    leave();
    expect(standIn.questions).toHaveLength(2);
  });

  it.each(['the close button', 'quitting'])('is stopped by the backend once agreed at %s', async way => {
    const window = await start();
    await changeRuns('running', 'running');
    standIn.dialogAnswer = Promise.resolve(1);
    if (way === 'quitting') standIn.quit();
    else window.close();
    await vi.waitFor(() => expect(standIn.exitCode).toBe(0));
    expect(standIn.questions).toMatchObject([{ message: '2 runs are training.' }]);
    expect(backend.closed).toBe(1);
    expect(standIn.windows).toEqual([]);
  });
});

describe('the menu', () => {
  const labels = () =>
    standIn.menu.flatMap(({ submenu = [] }) => submenu.flatMap(({ label }) => label ?? []));
  const stop = { id: 'run.stop', title: 'Stop', shortcut: 'Mod+.', enabled: true };

  it('replaces Electron’s, whose help leads to the web, before there is a page', async () => {
    await start();
    expect(standIn.menu.map(({ label, role }) => label ?? role)).toContain('&File');
    expect(JSON.stringify(standIn.menu)).not.toContain('http');
    expect(labels()).toEqual([]);
  });

  it('has the page’s commands, and running one is asked of the page', async () => {
    const { page } = await start();
    const { bridge } = await connect(page);
    const requests: PageRequest[] = [];
    bridge.onRequest(request => requests.push(request));
    bridge.setMenu([stop, { id: 'go.disk', title: 'Go to Disk', shortcut: null, enabled: false }]);
    await settle();
    expect(labels()).toEqual(['Stop', 'Go to Disk']);
    standIn.clickMenu('Stop');
    standIn.clickMenu('Go to Disk');
    await settle();
    expect(requests).toEqual([{ kind: 'command', id: 'run.stop' }]);
  });

  it('loses them with the page', async () => {
    const { page } = await start();
    (await connect(page)).bridge.setMenu([stop]);
    await settle();
    page.commit('app://luthier/');
    expect(labels()).toEqual([]);
  });

  it('leaves out a shortcut that Electron would not take', async () => {
    const { page } = await start();
    (await connect(page)).bridge.setMenu([{ ...stop, shortcut: 'Mod+Banana' }]);
    await settle();
    expect(labels()).toEqual(['Stop']);
  });

  it.each([
    ['what is no list', 'Stop'],
    ['command with a key more', [{ ...stop, click: 'rm' }]],
  ])('takes no %s, and none of another page', async (_, commands) => {
    const { page } = await start();
    page.deliverToMain(CHANNELS.menu, commands, { url: 'app://luthier/', parent: null });
    page.deliverToMain(CHANNELS.menu, [stop], { url: 'https://example.org/', parent: null });
    expect(labels()).toEqual([]);
  });
});

describe('a run that ends', () => {
  const steps = (...done: number[]) => done.map(step => ({ ...STEP, step }));
  const show = async (status: string, stepsDone: number) => {
    backend.details.set('run', {
      id: 'run',
      name: 'support-bot',
      status,
      plannedSteps: 200,
      stepsDone,
      lastSteps: steps(stepsDone),
      error: null,
    });
    backend.publish('runs.changed', { id: 'run' });
    await settle();
  };

  it('was shown in the task bar, in a window that was opened meanwhile too, and leaves it', async () => {
    vi.spyOn(process, 'platform', 'get').mockReturnValue('darwin');
    const window = await start();
    expect(window.progress).toBe(-1);
    await show('running', 0);
    expect(window.progress).toBe(0);
    backend.publish('run.events', [{ type: 'step', ...STEP, step: 50 }]);
    expect(window.progress).toBe(0.25);
    window.close();
    backend.publish('run.events', [{ type: 'step', ...STEP, step: 150 }]);
    standIn.app.emit('activate', {}, false);
    await vi.waitFor(() => expect(standIn.windows[0]?.progress).toBe(0.75));
    await show('completed', 200);
    expect(standIn.windows[0]?.progress).toBe(-1);
    vi.restoreAllMocks();
  });

  it('is told by the system, and a click leads to its page', async () => {
    const window = await start();
    const { bridge } = await connect(window.page);
    const requests: PageRequest[] = [];
    bridge.onRequest(request => requests.push(request));
    await show('running', 0);
    await show('completed', 200);
    expect(standIn.notifications).toMatchObject([
      { title: 'support-bot is completed', body: '200 steps, last loss 0.500.' },
    ]);
    window.calls.length = 0;
    standIn.notifications[0]?.click();
    await settle();
    expect(window.calls).toEqual(['show', 'focus']);
    expect(requests).toEqual([{ kind: 'run', id: 'run' }]);
  });

  it.each([
    [
      'the studio is in front',
      'completed',
      (window: WindowStandIn) => Object.assign(window, { hasFocus: true }),
    ],
    ['the settings say so', 'completed', () => Object.assign(backend, { settings: { notifyAtEnd: false } })],
    ['the system has none', 'completed', () => Object.assign(standIn, { hasNotifications: false })],
    ['somebody stopped it', 'stopped', () => undefined],
  ])('is not told where %s', async (_, status, arrange) => {
    const window = await start();
    arrange(window);
    await show('running', 0);
    await show(status, 20);
    expect(standIn.notifications).toEqual([]);
    expect(window.progress).toBe(-1);
  });

  it('is told under the name that Windows knows the app by', async () => {
    vi.spyOn(process, 'platform', 'get').mockReturnValue('win32');
    await start();
    expect(standIn.appUserModelId).toBe('org.luthier.studio');
    vi.restoreAllMocks();
  });
});

const STEP = {
  epoch: 1,
  loss: 0.5,
  learningRate: 0,
  gradNorm: 1,
  trainableTokens: 1,
  tokens: 1,
  tokensPerSecond: 1,
  memoryBytes: 1,
  elapsedMs: 1,
};

describe('the end', () => {
  it('closes the backend once, before the process', async () => {
    const window = await start();
    const closing = Promise.withResolvers<void>();
    backend.close = vi.fn(() => closing.promise);
    window.close();
    standIn.quit();
    standIn.quit();
    await settle();
    expect(backend.close).toHaveBeenCalledTimes(1);
    expect(standIn.exitCode).toBeNull();
    closing.resolve();
    await vi.waitFor(() => expect(standIn.exitCode).toBe(0));
    expect(backend.openSubscriptions).toBe(0);
  });

  it('does not wait for ever for a backend that hangs', async () => {
    const window = await start();
    backend.close = () => new Promise(() => {});
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    try {
      window.close();
      await vi.advanceTimersByTimeAsync(30_000);
      expect(standIn.exitCode).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it('leaves the app running without a window on macOS, and opens one again from the dock', async () => {
    vi.spyOn(process, 'platform', 'get').mockReturnValue('darwin');
    const window = await start();
    backend.runs = [runSummary('running')];
    backend.publish('runs.changed', { id: 'run' });
    await settle();
    window.close();
    expect(standIn.questions).toEqual([]);
    expect(standIn.windows).toEqual([]);
    await settle();
    expect(standIn.exitCode).toBeNull();
    standIn.app.emit('activate', {}, false);
    await vi.waitFor(() => expect(standIn.windows[0]?.page.url).toBe('app://luthier/'));
    vi.restoreAllMocks();
  });
});
