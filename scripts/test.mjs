// Every check of the project; ends with one line of counts. Those that only read the sources run side by side.
//
// `npm test -- unit` runs one part: lint, layers, dead-code, types, unit, browser.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './setup.mjs';

const results = join(root, 'build', 'test-results');
const tool = (...path) => join(root, 'node_modules', ...path);

/**
 * A part is one check (passed or failed), or a test run whose report says how many of each. One that `usesAll` of the
 * machine waits for those before it.
 */
const PARTS = [
  {
    name: 'lint',
    run: () => check([tool('@biomejs', 'biome', 'bin', 'biome'), 'check', '--error-on-warnings']),
  },
  {
    name: 'layers',
    run: () =>
      check([
        tool('dependency-cruiser', 'bin', 'dependency-cruiser.mjs'),
        '--config',
        '.dependency-cruiser.mjs',
        'src-main',
        'src-renderer',
        'src-shared',
      ]),
  },
  { name: 'dead-code', run: () => check([tool('knip', 'bin', 'knip.js')]) },
  {
    name: 'types',
    run: async () => {
      const projects = ['.', 'tsconfig.renderer.json'];
      const checks = projects.map(project => check([tool('typescript', 'bin', 'tsc'), '-p', project]));
      return (await Promise.all(checks)).reduce(add);
    },
  },
  { name: 'unit', usesAll: true, run: runVitest },
  { name: 'browser', usesAll: true, run: runPlaywright },
];

const wanted = process.argv.slice(2).filter(arg => !arg.startsWith('-'));
const parts = wanted.length === 0 ? PARTS : PARTS.filter(part => wanted.includes(part.name));
if (parts.length === 0) {
  process.stderr.write(`Unknown part. There are: ${PARTS.map(part => part.name).join(', ')}\n`);
  process.exit(2);
}

rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });
let total = { passed: 0, failed: 0, skipped: 0 };
let underWay = [];
for (const part of parts) {
  if (part.usesAll) await settle();
  underWay.push(perform(part));
  if (part.usesAll) await settle();
}
await settle();
process.stdout.write(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`);
process.exitCode = total.failed > 0 ? 1 : 0;

async function settle() {
  total = (await Promise.all(underWay)).reduce(add, total);
  underWay = [];
}

async function perform(part) {
  const startedAt = Date.now();
  process.stdout.write(`\n== ${part.name}\n`);
  const counts = await part.run();
  const seconds = Math.round((Date.now() - startedAt) / 1000);
  process.stdout.write(
    `== ${part.name}: ${counts.passed} ok, ${counts.failed} not, ${counts.skipped} left out, ${seconds} s\n`,
  );
  return counts;
}

function add(a, b) {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

async function check(args) {
  const ok = (await run(args)) === 0;
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 };
}

async function runVitest() {
  installLavapipe();
  const report = join(results, 'vitest.json');
  const code = await run([
    tool('vitest', 'vitest.mjs'),
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ]);
  return countsOr(code, () => {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(
      readFileSync(report, 'utf8'),
    );
    // A file that did not load has no tests, and must not pass for that.
    const brokenFiles = testResults.filter(
      file => file.status === 'failed' && file.assertionResults.every(test => test.status !== 'failed'),
    ).length;
    return {
      passed: numPassedTests,
      failed: numFailedTests + brokenFiles,
      skipped: numPendingTests + numTodoTests,
    };
  });
}

async function runPlaywright() {
  const chromium = findChromium() ?? installChromium();
  if (!chromium) {
    process.stderr.write(
      'There is no Chromium. Install it (sudo apt install chromium), or set CHROMIUM to its program.\n',
    );
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const report = join(results, 'playwright.json');
  const code = await run([tool('playwright', 'cli.js'), 'test', '--config', 'e2e/playwright.config.ts'], {
    CHROMIUM: chromium,
    PLAYWRIGHT_JSON_OUTPUT_NAME: report,
  });
  return countsOr(code, () => {
    const { stats } = JSON.parse(readFileSync(report, 'utf8'));
    return { passed: stats.expected, failed: stats.unexpected + stats.flaky, skipped: stats.skipped };
  });
}

/** A run that failed without saying which test counts as one failure. */
function countsOr(code, read) {
  try {
    const counts = read();
    return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
  } catch (error) {
    process.stderr.write(`The report cannot be read: ${error.message}\n`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

function findChromium() {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const candidates = [
    process.env.CHROMIUM,
    ...names.map(name => `/usr/bin/${name}`),
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  ];
  return candidates.find(path => path && existsSync(path)) ?? null;
}

function installChromium() {
  return installFromDebian('Chromium', ['chromium']) ? findChromium() : null;
}

/** Mesa's Vulkan for the processor, on which the tests of GPUs run; without it they are skipped and say so. */
function installLavapipe() {
  const drivers = '/usr/share/vulkan/icd.d';
  const isThere = existsSync(drivers) && readdirSync(drivers).some(name => name.startsWith('lvp_icd'));
  if (!isThere) installFromDebian('lavapipe', ['libvulkan1', 'mesa-vulkan-drivers']);
}

/** Only where it needs no question: Debian's own packages, as root. */
function installFromDebian(name, packages) {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get'))
    return false;
  process.stdout.write(`Installing ${name}.\n`);
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [
    ['update', '-qq'],
    ['install', '-y', '-qq', '--no-install-recommends', ...packages],
  ]) {
    spawnSync('apt-get', args, { stdio: ['ignore', 'ignore', 'inherit'], env: environment });
  }
  return true;
}

function run(args, environment = {}) {
  return new Promise(resolve => {
    // The tools find each other, and the pinned Node, by this path.
    const path = `${join(root, 'node_modules', '.bin')}${process.platform === 'win32' ? ';' : ':'}${process.env.PATH}`;
    const child = spawn(process.execPath, args, {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, PATH: path, ...environment },
    });
    child.on('close', code => resolve(code ?? 1));
    child.on('error', () => resolve(1));
  });
}
