/** Where the desktop app finds its parts, in a checkout and once packaged. */
import { basename, join } from 'node:path';

export interface AppFiles {
  /** The built page. */
  readonly rendererDirectory: string;
  readonly preloadFile: string;
  /** Bundled recipes and models. */
  readonly resourcesDirectory: string;
  /** The native addon and its libraries. */
  readonly nativeDirectory: string;
  /** The child processes' entry points, siblings of the main bundle. */
  readonly processDirectory: string;
}

/**
 * `mainDirectory` holds the running main bundle (`out/main`). Packaged, what is read as plain files lies beside the
 * archive, which is found from the bundle: Electron run as Node has no `process.resourcesPath`.
 *
 *     checkout  out/main → ../renderer  ../preload  ../../resources  ../../build/native
 *     packaged  resources/app.asar/out/main → ../renderer  ../preload;  resources/resources  resources/native
 */
export function locateFiles(mainDirectory: string): AppFiles {
  const built = join(mainDirectory, '..');
  const app = join(built, '..');
  const isPackaged = basename(app) === 'app.asar';
  const plain = isPackaged
    ? { resources: join(app, '..'), native: join(app, '..') }
    : { resources: app, native: join(app, 'build') };
  return {
    rendererDirectory: join(built, 'renderer'),
    preloadFile: join(built, 'preload', 'preload.cjs'),
    resourcesDirectory: join(plain.resources, 'resources'),
    nativeDirectory: join(plain.native, 'native'),
    processDirectory: mainDirectory,
  };
}
