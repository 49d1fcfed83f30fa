/** Where other programs keep their GGUF files, on each platform. */
import { join } from 'node:path';

export interface ModelPlaces {
  /** Folders to look through, however deep. */
  readonly folders: readonly string[];
  /** Ollama's folders, which hold `manifests` and `blobs`. */
  readonly ollama: readonly string[];
}

export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The usual places, and those that the programs' own environment variables name. They need not exist. */
export function modelPlaces({ platform, home, env }: Machine): ModelPlaces {
  const cache =
    platform === 'darwin' ? join(home, 'Library', 'Caches') : env['XDG_CACHE_HOME'] || join(home, '.cache');
  const local = env['LOCALAPPDATA'] || join(home, 'AppData', 'Local');
  const roaming = env['APPDATA'] || join(home, 'AppData', 'Roaming');
  const support = join(home, 'Library', 'Application Support');
  const byPlatform = (places: { darwin: string; win32: string; linux: string }) =>
    platform === 'darwin' ? places.darwin : platform === 'win32' ? places.win32 : places.linux;
  const named = (value: string | undefined) => (value ? [value] : []);
  return {
    folders: [
      // LM Studio
      join(home, '.lmstudio', 'models'),
      join(home, '.cache', 'lm-studio', 'models'),
      // Hugging Face
      ...named(env['HF_HUB_CACHE']),
      ...named(env['HF_HOME'] && join(env['HF_HOME'], 'hub')),
      join(home, '.cache', 'huggingface', 'hub'),
      // llama.cpp
      ...named(env['LLAMA_CACHE']),
      byPlatform({
        darwin: join(cache, 'llama.cpp'),
        win32: join(local, 'llama.cpp'),
        linux: join(cache, 'llama.cpp'),
      }),
      // Jan
      join(home, 'jan', 'models'),
      byPlatform({
        darwin: join(support, 'Jan', 'data'),
        win32: join(roaming, 'Jan', 'data'),
        linux: join(env['XDG_CONFIG_HOME'] || join(home, '.config'), 'Jan', 'data'),
      }),
      // GPT4All
      byPlatform({
        darwin: join(support, 'nomic.ai', 'GPT4All'),
        win32: join(local, 'nomic.ai', 'GPT4All'),
        linux: join(home, '.local', 'share', 'nomic.ai', 'GPT4All'),
      }),
    ],
    ollama: [
      ...named(env['OLLAMA_MODELS']),
      join(home, '.ollama', 'models'),
      // the user of its service
      ...(platform === 'linux' ? ['/usr/share/ollama/.ollama/models', '/var/lib/ollama/models'] : []),
    ],
  };
}
