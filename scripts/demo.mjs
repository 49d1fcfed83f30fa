// `npm run demo`: trains the bundled demo and compares base and tuned answers.
import { join } from 'node:path';
import { root, runPinned } from './setup.mjs';

process.exitCode = await runPinned(process.execPath, [
  join(root, 'out', 'main', 'cli.js'),
  'demo',
  ...process.argv.slice(2),
]);
