/** The studio's built page as files: from a URL's path to bytes, type and caching, and never outside. */
import { readFile, realpath } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';

export type PageFile =
  | {
      readonly kind: 'file';
      readonly bytes: Uint8Array<ArrayBuffer>;
      readonly headers: Record<string, string>;
    }
  /** The path is malformed or leaves the page's directory. */
  | { readonly kind: 'refused' }
  | { readonly kind: 'missing' };

/**
 * Reads what `path` (a URL's path, still percent-encoded) names inside `directory`. A path without
 * an extension that names no file is one of the page's own routes and gives `index.html`.
 *
 *     /assets/index-Bx3kT9aQ.js → that file, cached for good    /runs/7 → index.html, never cached
 *     /%2e%2e/secret → refused                                  /gone.js → missing
 */
export async function readPageFile(directory: string, path: string): Promise<PageFile> {
  const segments = segmentsOf(path);
  if (segments === null) return { kind: 'refused' };
  const named = await readInside(directory, segments.length === 0 ? ['index.html'] : segments);
  const isRoute = extname(segments.at(-1) ?? '') === '';
  return named.kind === 'missing' && isRoute ? await readInside(directory, ['index.html']) : named;
}

/** The decoded segments, or null where one could mean another place than a child of its parent. */
function segmentsOf(path: string): string[] | null {
  if (!path.startsWith('/')) return null;
  const encoded = path.slice(1).split('/');
  if (encoded.at(-1) === '') encoded.pop();
  try {
    const segments = encoded.map(decodeURIComponent);
    return segments.every(isPlainName) ? segments : null;
  } catch {
    return null; // decodeURIComponent met a broken escape
  }
}

/** A leading dot covers `.` and `..` as well as hidden files; a colon names a drive or stream on Windows. */
function isPlainName(segment: string): boolean {
  return segment !== '' && !segment.startsWith('.') && !/[/\\:\0]/.test(segment);
}

async function readInside(directory: string, segments: readonly string[]): Promise<PageFile> {
  try {
    const root = await realpath(directory);
    const file = await realpath(join(root, ...segments));
    if (!file.startsWith(root + sep)) return { kind: 'refused' }; // a symbolic link that leads out
    const bytes = new Uint8Array(await readFile(file));
    return { kind: 'file', bytes, headers: headersOf(segments) };
  } catch (fault) {
    if (isAbsence(fault)) return { kind: 'missing' };
    throw fault;
  }
}

function headersOf(segments: readonly string[]): Record<string, string> {
  const name = segments.at(-1) ?? '';
  const extension = extname(name);
  return {
    'content-type': CONTENT_TYPES[extension] ?? 'application/octet-stream',
    'cache-control': cachingOf(segments[0], name, extension),
  };
}

/** Vite puts a hash of the content into the names under `assets/`: what has that name never changes. */
function cachingOf(folder: string | undefined, name: string, extension: string): string {
  if (extension === '.html') return 'no-store';
  const isHashed = folder === 'assets' && /-[\w-]{8}\.\w+$/.test(name);
  return isHashed ? 'private, max-age=31536000, immutable' : 'no-cache';
}

function isAbsence(fault: unknown): boolean {
  const code = (fault as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR' || code === 'ENAMETOOLONG';
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
};
