/** The web host over real connections: who gets in, what everyone gets, and how calls are answered. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MemoryBackend } from './memory-backend.ts';
import { type RawRequest, sendBytes, sendRaw, signInWith } from './raw-client.ts';
import { startWebHost, type WebHost } from './web-host.ts';

let backend: MemoryBackend;
let directory: string;
let host: WebHost;
let cookie: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'luthier-web-'));
  await mkdir(join(directory, 'assets'));
  await writeFile(join(directory, 'index.html'), 'the studio');
  await writeFile(join(directory, 'assets', 'index-Bx3kT9aQ.js'), 'the code');
  backend = new MemoryBackend();
  host = await start();
  cookie = await signInWith(host.url);
});
afterEach(async () => {
  await host.close();
  await rm(directory, { recursive: true });
});

const start = (limits = {}, port = 0) =>
  startWebHost({ backend, rendererDirectory: directory, port, version: '1.2.3', limits });
const send = (request: RawRequest) => sendRaw(host.port, request);
const sendSignedIn = (request: RawRequest) => send({ ...request, headers: { cookie, ...request.headers } });
const sendCall = (procedure: string, body: string | Uint8Array, headers: Record<string, string> = {}) =>
  sendSignedIn({
    method: 'POST',
    path: `/api/${procedure}`,
    body,
    headers: { 'content-type': 'application/json', ...headers },
  });
const tokenPath = (url: string) => new URL(url).pathname + new URL(url).search;
const UPGRADE = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
};

describe('the address', () => {
  it('is 127.0.0.1 with a port and a token of 256 bits', () => {
    expect(host.url).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:${host.port}/\\?token=[\\w-]{43}$`));
  });

  it('is not reachable from outside this machine', async () => {
    const outside = Object.values(networkInterfaces())
      .flatMap(addresses => addresses ?? [])
      .find(({ internal, family }) => !internal && family === 'IPv4');
    const address = outside?.address ?? '127.0.0.2';
    const reached = await new Promise<boolean>(resolve => {
      const connection = connect(host.port, address, () => resolve(true));
      connection.on('error', () => resolve(false));
    });
    expect(reached).toBe(false);
  });

  it('is refused with a code where the port is taken', async () => {
    const other = createServer();
    await new Promise<void>(resolve => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    await expect(start({}, port)).rejects.toMatchObject({ coded: { code: 'web.portUnavailable' } });
    other.close();
  });
});

describe('signing in', () => {
  it('exchanges the token for a strict session cookie and leads to the address without it', async () => {
    const answer = await send({ path: tokenPath(host.issueToken()) });
    expect(answer.status).toBe(303);
    expect(answer.headers.location).toBe('/');
    expect(answer.headers['set-cookie']).toEqual([
      expect.stringMatching(
        new RegExp(`^luthier-session-${host.port}=[\\w-]{43}; Path=/; HttpOnly; SameSite=Strict$`),
      ),
    ]);
    expect(await sendSignedIn({})).toMatchObject({ status: 200, text: 'the studio' });
  });

  it('refuses a second use of the token, from the browser that used it too', async () => {
    const path = tokenPath(host.url);
    for (const headers of [{}, { cookie }]) {
      const answer = await send({ path, headers });
      expect(answer.status).toBe(403);
      expect(answer.headers['set-cookie']).toBeUndefined();
      expect(answer.text).toContain('luthier serve');
    }
  });

  it('gives one session where two exchanges of a token race', async () => {
    const path = tokenPath(host.issueToken());
    const answers = await Promise.all([1, 2, 3, 4].map(() => send({ path })));
    expect(answers.map(answer => answer.status).sort()).toEqual([303, 403, 403, 403]);
  });

  it('does not spend the token on HEAD, which link previews send', async () => {
    const path = tokenPath(host.issueToken());
    expect((await send({ path, method: 'HEAD' })).status).toBe(401);
    expect((await send({ path })).status).toBe(303);
  });

  it.each(['/?token=', '/?token=guess', '/?token=a&token=b'])('refuses %s', async path => {
    expect((await send({ path })).status).toBe(403);
  });

  it('takes a token at the start address only', async () => {
    const path = tokenPath(host.issueToken());
    expect((await send({ path: `/runs${path.slice(1)}` })).status).toBe(401);
    expect((await send({ path })).status).toBe(303);
  });

  it('signs in a second browser with a token of its own', async () => {
    const second = await signInWith(host.issueToken());
    expect(second).not.toBe(cookie);
    for (const session of [cookie, second]) {
      expect((await send({ headers: { cookie: session } })).text).toBe('the studio');
    }
  });

  it('finds its cookie among others and ignores another host’s', async () => {
    const crowd = { cookie: `a=b; luthier-session-${host.port}=stale; ${cookie}; luthier-session-1=x` };
    expect((await send({ headers: crowd })).status).toBe(200);
    const other = await start();
    const foreign = cookie.replace(String(host.port), String(other.port));
    expect((await sendRaw(other.port, { headers: { cookie: foreign } })).status).toBe(401);
    await other.close();
  });
});

describe('without a session', () => {
  it.each(['/', '/index.html', '/runs/7', '/assets/index-Bx3kT9aQ.js', '/gone.js'])(
    'gives the sign-in page for %s',
    async path => {
      const answer = await send({ path });
      expect(answer.status).toBe(401);
      expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
      expect(answer.text).toContain('This browser is not signed in.');
      expect(answer.text).not.toContain('the studio\n');
    },
  );

  it('gives the sign-in page its style, and nothing in the page is inline', async () => {
    const page = (await send({})).text;
    expect(page).not.toMatch(/<script|<style| style=| on\w+=/);
    const style = /href="(\/[^"]+\.css)"/.exec(page)?.[1];
    const answer = await send({ path: style ?? '' });
    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'text/css; charset=utf-8' } });
  });

  it.each([undefined, 'luthier-session=x', 'luthier-session-1=guess'])(
    'answers 401 to calls (%s)',
    async found => {
      const headers = { 'content-type': 'application/json', ...(found ? { cookie: found } : {}) };
      const answer = await send({ method: 'POST', path: '/api/app.info', body: '{}', headers });
      expect(answer.status).toBe(401);
      expect(JSON.parse(answer.text)).toMatchObject({ ok: false, error: { code: 'web.notSignedIn' } });
    },
  );

  it('answers 401 to a socket, as an upgrade and as a plain request', async () => {
    expect((await send({ path: '/ws', headers: UPGRADE })).status).toBe(401);
    expect((await send({ path: '/ws' })).status).toBe(401);
  });
});

describe('foreign pages', () => {
  const places: RawRequest[] = [
    { path: '/' },
    { path: '/sign-in.css' },
    { path: '/api/app.info', method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } },
    { path: '/ws' },
    { path: '/ws', headers: UPGRADE },
  ];

  it.each([
    'rebound.example',
    'rebound.example:PORT',
    'localhost:PORT',
    '127.0.0.1',
    '127.0.0.1:1',
    '[::1]:PORT',
  ])('are refused by Host %j everywhere', async name => {
    const foreign = name.replace('PORT', String(host.port));
    for (const place of places) {
      const answer = await sendSignedIn({ ...place, headers: { ...place.headers, host: foreign } });
      expect([place.path, answer.status]).toEqual([place.path, 403]);
    }
  });

  it.each([
    'https://evil.example',
    'http://127.0.0.1',
    'http://127.0.0.1:1',
    'http://localhost:PORT',
    'null',
    '',
  ])('are refused by Origin %j everywhere', async name => {
    const origin = name.replace('PORT', String(host.port));
    for (const place of places) {
      const answer = await sendSignedIn({ ...place, headers: { ...place.headers, origin } });
      expect([place.path, answer.status]).toEqual([place.path, 403]);
    }
  });

  it('cannot spend a token', async () => {
    const path = tokenPath(host.issueToken());
    expect((await send({ path, headers: { host: 'rebound.example' } })).status).toBe(403);
    expect((await send({ path })).status).toBe(303);
  });

  it.each([
    ['a second Host', 'Host: 127.0.0.1:PORT\r\nHost: rebound.example\r\n'],
    ['an empty Host', 'Host:\r\n'],
    ['no Host', ''],
  ])('cannot hide behind %s', async (_, lines) => {
    const hostLines = lines.replace('PORT', String(host.port));
    const received = await sendBytes(
      host.port,
      `GET / HTTP/1.1\r\n${hostLines}Cookie: ${cookie}\r\nConnection: close\r\n\r\n`,
    );
    expect(received).toMatch(/^HTTP\/1\.1 40[03] /);
  });

  it('cannot name another address in the request line', async () => {
    const lines = `Host: 127.0.0.1:${host.port}\r\nCookie: ${cookie}\r\nConnection: close\r\n\r\n`;
    expect(await sendBytes(host.port, `GET http://rebound.example/ HTTP/1.1\r\n${lines}`)).toMatch(/ 403 /);
  });

  it('are not the studio’s own page, which is let in', async () => {
    const headers = { origin: `http://127.0.0.1:${host.port}` };
    expect((await sendCall('app.info', '{}', headers)).status).toBe(200);
  });
});

describe('every answer', () => {
  it('carries the strict policy and its companions', async () => {
    const policy = [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self' data:",
      "font-src 'self'",
      `connect-src 'self' ws://127.0.0.1:${host.port}`,
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join('; ');
    const answers = await Promise.all([
      send({}),
      send({ path: '/sign-in.css' }),
      send({ path: tokenPath(host.issueToken()) }),
      send({ path: tokenPath(host.url) }),
      send({ headers: { host: 'rebound.example' } }),
      sendSignedIn({}),
      sendSignedIn({ method: 'HEAD' }),
      sendSignedIn({ path: '/runs/7' }),
      sendSignedIn({ path: '/assets/index-Bx3kT9aQ.js' }),
      sendSignedIn({ path: '/gone.js' }),
      sendSignedIn({ path: '/../secret' }),
      sendSignedIn({ method: 'DELETE' }),
      sendSignedIn({ path: '/ws' }),
      sendCall('app.info', '{}'),
      sendCall('no.such', '{}'),
      sendCall('app.info', '{'),
    ]);
    for (const { headers } of answers) {
      expect(headers).toMatchObject({
        'content-security-policy': policy,
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
      });
      expect(headers['access-control-allow-origin']).toBeUndefined();
    }
  });

  it('is stored by no cache, except for what has a hash in its name', async () => {
    expect((await send({})).headers['cache-control']).toBe('no-store');
    expect((await sendSignedIn({})).headers['cache-control']).toBe('no-store');
    expect((await sendCall('app.info', '{}')).headers['cache-control']).toBe('no-store');
    const asset = await sendSignedIn({ path: '/assets/index-Bx3kT9aQ.js' });
    expect(asset.text).toBe('the code');
    expect(asset.headers['cache-control']).toContain('immutable');
  });
});

describe('files', () => {
  it.each([
    '/../package.json',
    '/%2e%2e/package.json',
    '/..%2fpackage.json',
    '/assets/../../x.txt',
    '//etc/passwd',
  ])('outside the page are refused: %s', async path => {
    expect((await sendSignedIn({ path })).status).toBe(403);
  });

  it('are read with GET and HEAD only', async () => {
    expect(await sendSignedIn({ method: 'HEAD' })).toMatchObject({
      status: 200,
      text: '',
      headers: { 'content-length': '10' },
    });
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      expect((await sendSignedIn({ method })).status).toBe(405);
    }
  });

  it('that cannot be read are a plain 500', async () => {
    await rm(join(directory, 'index.html'));
    await symlink(join(directory, 'index.html'), join(directory, 'index.html'));
    expect(await sendSignedIn({})).toMatchObject({ status: 500, text: expect.stringContaining('ELOOP') });
    expect((await sendCall('app.info', '{}')).status).toBe(200);
  });

  it('that have not been built are a plain 404', async () => {
    await rm(join(directory, 'index.html'));
    expect(await sendSignedIn({})).toMatchObject({ status: 404, text: 'The studio has no such file.\n' });
  });
});

describe('calls', () => {
  it('are answered with what the backend returns', async () => {
    const answer = await sendCall('app.info', '{"a":[1,"ä"]}', {
      'content-type': 'Application/JSON; charset=utf-8',
    });
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.text)).toEqual({ ok: true, value: { echo: { a: [1, 'ä'] } } });
  });

  it('answer coded errors of a procedure with 200 and of an unknown one with 404', async () => {
    const waiting = sendCall('chat.answer', '{}');
    await vi.waitFor(() => expect(backend.waiting.size).toBe(1));
    for (const answer of backend.waiting) {
      answer({ ok: false, error: { code: 'chat.busy', title: '', cause: '', remedy: '' } });
    }
    expect(await waiting).toMatchObject({ status: 200, text: expect.stringContaining('chat.busy') });
    for (const name of ['no.such', '', '__proto__', 'app.info/more', 'app.info%2f']) {
      const unknown = await sendCall(name, '{}');
      expect([name, unknown.status]).toEqual([name, 404]);
      expect(JSON.parse(unknown.text)).toMatchObject({ ok: false });
    }
  });

  it('are POST only', async () => {
    const answer = await sendSignedIn({ path: '/api/app.info' });
    expect(answer).toMatchObject({ status: 405, headers: { allow: 'POST' } });
    expect(JSON.parse(answer.text).error.code).toBe('request.method');
  });

  it.each([undefined, 'text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', 'text/json'])(
    'are JSON only, not %s',
    async contentType => {
      const headers: Record<string, string> = contentType ? { 'content-type': contentType } : {};
      const answer = await sendSignedIn({ method: 'POST', path: '/api/app.info', body: '{}', headers });
      expect(answer.status).toBe(415);
      expect(JSON.parse(answer.text).error.code).toBe('request.contentType');
    },
  );

  it.each(['', '{', '{"a":1}}', 'undefined', new Uint8Array([0x22, 0xff, 0x22])])(
    'with a body that is not JSON are 400: %j',
    async body => {
      const answer = await sendCall('app.info', body);
      expect(answer.status).toBe(400);
      expect(JSON.parse(answer.text).error.code).toBe('request.malformed');
      expect(answer.text).not.toContain('.ts:');
    },
  );

  it('take a body of exactly the limit and refuse one byte more', async () => {
    const bodyOf = (bytes: number) => `"${'x'.repeat(bytes - 2)}"`;
    expect((await sendCall('runs.list', bodyOf(1024 * 1024))).status).toBe(200);
    const answer = await sendCall('runs.list', bodyOf(1024 * 1024 + 1));
    expect(answer.status).toBe(413);
    expect(JSON.parse(answer.text).error.code).toBe('request.tooLarge');
  });

  it('answer a body far past the limit, chunked too, instead of resetting the connection', async () => {
    const body = new Uint8Array(20 * 1024 * 1024);
    expect((await sendCall('app.info', body)).status).toBe(413);
    expect((await sendCall('app.info', body, { 'transfer-encoding': 'chunked' })).status).toBe(413);
  });

  it('take a part of a file as bytes, up to its own limit, and no other procedure does', async () => {
    const inputs: unknown[] = [];
    backend.call = async (_procedure, input) => {
      inputs.push(input);
      return { ok: true, value: {} };
    };
    const send = (path: string, body: Uint8Array) =>
      sendSignedIn({
        method: 'POST',
        path: `/api/${path}`,
        body,
        headers: { 'content-type': 'application/octet-stream' },
      });
    const part = new Uint8Array([0x7b, 0xff, 0x00]);
    expect((await send('dropped.part?id=abc&at=7', part)).status).toBe(200);
    expect(inputs).toEqual([{ id: 'abc', at: '7', part: Buffer.from(part) }]);
    expect((await send('dropped.part?id=abc&at=0', new Uint8Array(4 * 1024 * 1024))).status).toBe(200);
    expect((await send('dropped.part?id=abc&at=0', new Uint8Array(4 * 1024 * 1024 + 1))).status).toBe(413);
    expect((await send('dropped.keep', part)).status).toBe(415);
    expect(inputs).toHaveLength(2);
  });

  it('are aborted when the client goes away', async () => {
    const connection = connect(host.port, '127.0.0.1');
    connection.write(
      `POST /api/chat.answer HTTP/1.1\r\nHost: 127.0.0.1:${host.port}\r\nCookie: ${cookie}\r\n` +
        'Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}',
    );
    await vi.waitFor(() => expect(backend.waiting.size).toBe(1));
    connection.destroy();
    await vi.waitFor(() => expect(backend.aborted).toBe(1));
  });

  it('that are answered are not aborted afterwards', async () => {
    const waiting = sendCall('chat.answer', '{}');
    await vi.waitFor(() => expect(backend.waiting.size).toBe(1));
    backend.release('done');
    expect((await waiting).text).toBe('{"ok":true,"value":"done"}');
    await host.close();
    expect(backend.waiting.size).toBe(0);
  });

  it('that never arrive whole are ended by the request time', async () => {
    const impatient = await start({ requestMs: 200 });
    const session = await signInWith(impatient.url);
    const received = await sendBytes(
      impatient.port,
      `POST /api/app.info HTTP/1.1\r\nHost: 127.0.0.1:${impatient.port}\r\nCookie: ${session}\r\n` +
        'Content-Type: application/json\r\nContent-Length: 9\r\n\r\n{',
    );
    expect(received).toMatch(/^HTTP\/1\.1 408 /);
    await impatient.close();
  });
});

describe('closing', () => {
  it('aborts what waits, frees the port, leaves the backend open, and may be repeated', async () => {
    const waiting = sendCall('chat.answer', '{}').catch(() => 'cut off');
    await vi.waitFor(() => expect(backend.waiting.size).toBe(1));
    await Promise.all([host.close(), host.close()]);
    expect(await waiting).toBe('cut off');
    await vi.waitFor(() => expect(backend.aborted).toBe(1));
    expect(backend.closed).toBe(0);
    await expect(send({})).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});
