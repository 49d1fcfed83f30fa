// `npm run test:long`: what takes minutes. `npm run test:long -- kills` runs one part: kills (runs that are killed
// and resumed), package (the packed app, checked and used from another place), sanitizers (the native core's own tests under the address and undefined behaviour sanitizers).
//
// The sanitized tests are built in the tree of the last native build, whose llama.cpp libraries they use.
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { root } from './setup.mjs';

const tree = join(root, 'build', 'native-work');
const longTest = name => [
  process.execPath,
  join(root, 'node_modules', 'vitest', 'vitest.mjs'),
  'run',
  '--config',
  join(root, 'vitest.long.config.ts'),
  name,
];
const parts = {
  kills: [longTest('six-kills')],
  package: [longTest('package')],
  sanitizers: [
    ['cmake', '-S', join(root, 'src-native'), '-B', tree, '-DLUTHIER_TESTS=ON'],
    ['cmake', '--build', tree, '--target', 'luthier-tests', '--parallel', String(availableParallelism())],
    [join(tree, 'bin', 'luthier-tests'), join(root, 'src-native', 'test', 'fixtures', 'gradients')],
  ],
};
const wanted = process.argv.slice(2).filter(arg => !arg.startsWith('-'));
const unknown = wanted.filter(name => !Object.hasOwn(parts, name));
if (unknown.length > 0) {
  process.stderr.write(`Unknown part. There are: ${Object.keys(parts).join(', ')}\n`);
  process.exit(2);
}
for (const [name, steps] of Object.entries(parts)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  if (name === 'sanitizers' && process.platform === 'win32') {
    process.stderr.write('The sanitizers need GCC or Clang; on Windows there is nothing to run.\n');
    continue;
  }
  for (const [command, ...args] of steps) {
    const { status } = spawnSync(command, args, { stdio: 'inherit', cwd: root });
    if (status !== 0) process.exit(status ?? 1);
  }
}
