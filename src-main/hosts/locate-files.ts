/** Where the desktop app finds its parts, in a checkout and once packaged. */
import { join } from 'node:path';

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
 * `mainDirectory` holds the running main bundle (`out/main`), `resourcesPath` is Electron's
 * `process.resourcesPath`. Packaged, what is read as plain files lies beside the archive:
 *
 *     checkout  out/main → ../renderer  ../preload  ../../resources  ../../build/native
 *     packaged  resources/app.asar/out/main → ../renderer  ../preload;  resources/resources  resources/native
 */
export function locateFiles(app: {
  readonly isPackaged: boolean;
  readonly mainDirectory: string;
  readonly resourcesPath: string;
}): AppFiles {
  const built = join(app.mainDirectory, '..');
  const plain = app.isPackaged
    ? { resources: app.resourcesPath, native: app.resourcesPath }
    : { resources: join(built, '..'), native: join(built, '..', 'build') };
  return {
    rendererDirectory: join(built, 'renderer'),
    preloadFile: join(built, 'preload', 'preload.cjs'),
    resourcesDirectory: join(plain.resources, 'resources'),
    nativeDirectory: join(plain.native, 'native'),
    processDirectory: app.mainDirectory,
  };
}
