// Runs one of the scripts beside it after the set-up, with the pinned Node: `node scripts/run.mjs test …`.
import { join } from 'node:path';
import { root, runPinned, setUpOrExit } from './setup.mjs';

const [name, ...args] = process.argv.slice(2);
const node = await setUpOrExit();
process.exitCode = await runPinned(node, [join(root, 'scripts', `${name}.mjs`), ...args]);
