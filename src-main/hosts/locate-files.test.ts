/** Where the parts lie in a checkout and in a packaged app. */
import { expect, it } from 'vitest';
import { locateFiles } from './locate-files.ts';

it('finds everything in a checkout', () => {
  const checkout = {
    isPackaged: false,
    mainDirectory: '/code/out/main',
    resourcesPath: '/electron/resources',
  };
  expect(locateFiles(checkout)).toEqual({
    rendererDirectory: '/code/out/renderer',
    preloadFile: '/code/out/preload/preload.cjs',
    resourcesDirectory: '/code/resources',
    nativeDirectory: '/code/build/native',
    processDirectory: '/code/out/main',
  });
});

it('finds bundles in the archive and plain files beside it once packaged', () => {
  const packaged = {
    isPackaged: true,
    mainDirectory: '/opt/Luthier/resources/app.asar/out/main',
    resourcesPath: '/opt/Luthier/resources',
  };
  expect(locateFiles(packaged)).toEqual({
    rendererDirectory: '/opt/Luthier/resources/app.asar/out/renderer',
    preloadFile: '/opt/Luthier/resources/app.asar/out/preload/preload.cjs',
    resourcesDirectory: '/opt/Luthier/resources/resources',
    nativeDirectory: '/opt/Luthier/resources/native',
    processDirectory: '/opt/Luthier/resources/app.asar/out/main',
  });
});
