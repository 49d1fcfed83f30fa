import { defineConfig } from 'playwright/test';
import { whyNoElectron } from './electron-program.ts';
import type { HostOptions } from './studio.ts';

const chromium = process.env['CHROMIUM'];

/**
 * Journeys that need nothing but the page: no call past it, no window of another size. Not `draft`, whose windows are
 * pages of one browser and whose failing call is one of HTTP; nor `dropped-files`, which is about copies that the app never
 * makes, since it knows where files lie: a recipe is dropped into both hosts by `wizard`.
 */
const JOURNEYS = ['disk', 'plots', 'probe', 'run-again', 'run-controls', 'settings', 'studio', 'wizard'];
/**
 * Chromium heeds the last list of features only, so those that Playwright itself turns off come again. Ours are pages of
 * the address bar, which each window without a head loads too: as much work as the studio's own page.
 */
const FEATURES_OFF = [
  ...['AvoidUnnecessaryBeforeUnloadCheckSync', 'DestroyProfileOnBrowserClose', 'HttpsUpgrades'],
  ...['HttpsFirstBalancedModeAutoEnable', 'LensOverlay', 'MediaRouter', 'PaintHolding', 'OptimizationHints'],
  ...['ThirdPartyStoragePartitioning', 'AvoidCorsURLLoaderRestartOnRedirect', 'TcpPortRandomizationWin'],
  ...['NetworkTimeServiceQuerying', 'AimEnabled', 'PreconnectToSearch'],
  ...['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup', 'WebUIOmniboxFullPopup'],
];
const BROWSERS_ONLY = /in every window|in another page|kept in the page|without the session/;

/**
 * Specs run against `luthier serve` with the real backend, each test with a home of its own; where Electron can run,
 * the journeys run in the desktop app as well.
 */
export default defineConfig<HostOptions>({
  projects: [
    { name: 'browser' },
    ...(whyNoElectron() === null
      ? [
          {
            name: 'electron',
            testMatch: JOURNEYS.map(name => `${name}.spec.ts`),
            grepInvert: BROWSERS_ONLY,
            use: { host: 'electron' as const },
          },
        ]
      : []),
  ],
  testDir: '.',
  testMatch: '*.spec.ts',
  // One journey leaves a core idle half of the time.
  workers: 2,
  fullyParallel: true,
  timeout: 300_000,
  expect: { timeout: 30_000 },
  outputDir: '../build/test-results/playwright',
  reporter: [
    ['list'],
    [
      'json',
      { outputFile: process.env['PLAYWRIGHT_JSON_OUTPUT_NAME'] ?? '../build/test-results/playwright.json' },
    ],
  ],
  use: {
    browserName: 'chromium',
    viewport: { width: 1440, height: 900 },
    launchOptions: {
      ...(chromium ? { executablePath: chromium } : {}),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        `--disable-features=${FEATURES_OFF.join(',')}`,
      ],
    },
  },
});
