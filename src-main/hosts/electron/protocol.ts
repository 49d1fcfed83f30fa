/** `app://luthier/`: the built page under an origin of its own, which `file://` would not give it. */
import { type CustomScheme, protocol } from 'electron';
import { readPageFile } from '../web/page-files.ts';
import { pageHeaders } from '../web/page-headers.ts';

/** Where the window starts. */
export const START_URL = 'app://luthier/';

/** Standard: relative paths and storage work. Secure: counts as a secure context. Nothing more is granted. */
const APP_SCHEME: CustomScheme = {
  scheme: 'app',
  privileges: { standard: true, secure: true, supportFetchAPI: true },
};

/** Must run before Electron is ready, and once. */
export function declarePageScheme(): void {
  protocol.registerSchemesAsPrivileged([APP_SCHEME]);
}

/** Whether a URL is one of the studio's own page. */
export function isPageUrl(url: string): boolean {
  const parsed = URL.parse(url);
  return parsed !== null && parsed.protocol === 'app:' && parsed.host === 'luthier';
}

/**
 * Serves the page's files once Electron is ready, with the policy of the web host. Not
 * `protocol.registerSource`, which sends no such headers.
 */
export function servePage(rendererDirectory: string): void {
  protocol.handle('app', request => answerPageRequest(rendererDirectory, request));
}

async function answerPageRequest(rendererDirectory: string, request: Request): Promise<Response> {
  if (!isPageUrl(request.url)) return plain(404, 'The studio has no such page.');
  if (request.method !== 'GET' && request.method !== 'HEAD') return plain(405, 'Pages are read with GET.');
  const file = await readPageFile(rendererDirectory, new URL(request.url).pathname);
  if (file.kind === 'refused') return plain(403, 'The path leaves the page.');
  if (file.kind === 'missing') return plain(404, 'The studio has no such file.');
  return new Response(file.bytes, { headers: { ...PAGE_HEADERS, ...file.headers } });
}

function plain(status: number, text: string): Response {
  const headers = {
    ...PAGE_HEADERS,
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
  };
  return new Response(`${text}\n`, { status, headers });
}

const PAGE_HEADERS = pageHeaders(["'self'"]);
