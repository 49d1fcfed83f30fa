/** Finds GGUF files in the places of other programs and in chosen folders; reads none of them. */
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';
import type { ModelFile } from '../../backend/ports.ts';
import type { ModelPlaces } from './model-places.ts';

/** Deeper than any program keeps models: Jan's are eight folders down. */
const DEEPEST = 10;
const MOST_ENTRIES = 200_000;
const MANIFEST_LIMIT_BYTES = 1 << 20;

/**
 * Each file once, sorted by path: the same file under two names (Hugging Face's links) is one. What cannot be
 * read is passed over, for these are other programs' folders; a chosen folder that cannot be read is an error
 * of whoever chose it, and looked at there.
 */
export async function findModelFiles(
  places: ModelPlaces,
  chosen: readonly string[],
  signal: AbortSignal,
): Promise<ModelFile[]> {
  const found = new Map<string, ModelFile>();
  const add = async (path: string, name: string | null) => {
    const real = await realpath(path).catch(() => null);
    if (real !== null && !found.has(real)) found.set(real, { path, name });
  };
  for (const root of places.ollama) {
    for (const { path, name } of await ollamaModels(root)) await add(path, name);
  }
  for (const root of [...chosen, ...places.folders]) {
    for await (const path of ggufFilesBelow(root, signal)) await add(path, null);
  }
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Breadth first, so that a limit cuts off what lies deep; folders are entered once, links followed. */
async function* ggufFilesBelow(root: string, signal: AbortSignal): AsyncGenerator<string> {
  const entered = new Set<string>();
  let entries = 0;
  let level = [root];
  for (let depth = 0; depth <= DEEPEST && level.length > 0; depth++) {
    const next: string[] = [];
    for (const folder of level) {
      const real = await realpath(folder).catch(() => null);
      if (real === null || entered.has(real) || signal.aborted) continue;
      entered.add(real);
      for (const name of (await readdir(real).catch(() => [])).sort()) {
        if (++entries > MOST_ENTRIES) return;
        const path = join(folder, name);
        const isGguf = name.toLowerCase().endsWith('.gguf');
        const kind = await stat(path).catch(() => null);
        if (kind?.isDirectory()) next.push(path);
        else if (kind?.isFile() && isGguf) yield path;
      }
    }
    level = next;
  }
}

/**
 * Ollama keeps weights under their hash; `manifests/HOST/NAMESPACE/MODEL/TAG` says which hash is which model.
 * Only the layer of that media type is a model, the others are templates, parameters and projectors.
 */
async function ollamaModels(root: string): Promise<{ path: string; name: string }[]> {
  const manifests = join(root, 'manifests');
  const files = await readdir(manifests, { recursive: true, withFileTypes: true }).catch(() => []);
  const models: { path: string; name: string }[] = [];
  for (const file of files) {
    if (!file.isFile()) continue;
    const path = join(file.parentPath, file.name);
    const digest = await modelDigest(path);
    if (digest === null) continue;
    const [, namespace = '', model = '', tag = ''] = path.slice(manifests.length + 1).split(sep);
    const owner = namespace === 'library' ? '' : `${namespace}/`;
    models.push({
      path: join(root, 'blobs', `sha256-${digest}`),
      name: `${owner}${model}:${tag || basename(path)}`,
    });
  }
  return models.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function modelDigest(manifestPath: string): Promise<string | null> {
  try {
    if ((await stat(manifestPath)).size > MANIFEST_LIMIT_BYTES) return null;
    const manifest: unknown = JSON.parse(await readFile(manifestPath, 'utf8'));
    const layers = (manifest as { layers?: { mediaType?: unknown; digest?: unknown }[] }).layers ?? [];
    const model = layers.find(({ mediaType }) => mediaType === 'application/vnd.ollama.image.model');
    return /^sha256:([0-9a-f]{64})$/.exec(String(model?.digest))?.[1] ?? null;
  } catch {
    return null;
  }
}
