/** Where the parts lie in a checkout and in a packaged app. */
import { expect, it } from 'vitest';
import { locateFiles } from './locate-files.ts';

it('finds everything in a checkout', () => {
  expect(locateFiles('/code/out/main')).toEqual({
    rendererDirectory: '/code/out/renderer',
    preloadFile: '/code/out/preload/preload.cjs',
    resourcesDirectory: '/code/resources',
    nativeDirectory: '/code/build/native',
    processDirectory: '/code/out/main',
  });
});

it('finds bundles in the archive and plain files beside it once packaged', () => {
  expect(locateFiles('/opt/Luthier/resources/app.asar/out/main')).toEqual({
    rendererDirectory: '/opt/Luthier/resources/app.asar/out/renderer',
    preloadFile: '/opt/Luthier/resources/app.asar/out/preload/preload.cjs',
    resourcesDirectory: '/opt/Luthier/resources/resources',
    nativeDirectory: '/opt/Luthier/resources/native',
    processDirectory: '/opt/Luthier/resources/app.asar/out/main',
  });
});
