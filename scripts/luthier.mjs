#!/usr/bin/env node
// The command line of a checkout: sets up what is missing, then runs `luthier` with the pinned Node.
import { join } from 'node:path';
import { root, runPinned, setUpOrExit } from './setup.mjs';

const node = await setUpOrExit();
process.exitCode = await runPinned(node, [join(root, 'out', 'main', 'cli.js'), ...process.argv.slice(2)]);
