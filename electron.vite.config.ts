import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import bundledPackages from './scripts/package/bundled-packages.json' with { type: 'json' };

const at = (path: string) => resolve(import.meta.dirname, path);

/**
 * One build makes every entry point. The main bundle holds Electron's main process, the command line
 * and the six child processes with the preparer's threads side by side in out/main, so that each finds its siblings there.
 */
export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      externalizeDeps: { exclude: bundledPackages },
      rollupOptions: {
        input: {
          electron: at('src-main/hosts/electron/main.ts'),
          cli: at('src-main/hosts/cli/main.ts'),
          trainer: at('src-main/processes/trainer/main.ts'),
          preparer: at('src-main/processes/preparer/main.ts'),
          'labeller-thread': at('src-main/processes/preparer/labeller-thread.ts'),
          inference: at('src-main/processes/inference/main.ts'),
          explorer: at('src-main/processes/explorer/main.ts'),
          exporter: at('src-main/processes/exporter/main.ts'),
          querier: at('src-main/processes/querier/main.ts'),
        },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      rollupOptions: {
        input: { preload: at('src-main/hosts/electron/preload.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: at('src-renderer'),
    plugins: [react()],
    build: {
      outDir: at('out/renderer'),
      minify: true,
      rollupOptions: {
        input: at('src-renderer/index.html'),
        // A file of its own: it stays in a browser's cache when the page changes, and is compiled beside the page's.
        output: {
          codeSplitting: {
            groups: [{ name: 'react', test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/ }],
          },
        },
      },
    },
  },
});
