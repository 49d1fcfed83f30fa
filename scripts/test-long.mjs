// `npm run test:long`: the native core's own tests under the address and undefined behaviour sanitizers.
//
// They are built in the tree of the last native build, whose llama.cpp libraries they use.
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { root } from './setup.mjs';

if (process.platform === 'win32') {
  process.stderr.write('The sanitizers need GCC or Clang; on Windows there is nothing to run.\n');
  process.exit(2);
}
const tree = join(root, 'build', 'native-work');
const steps = [
  ['cmake', '-S', join(root, 'src-native'), '-B', tree, '-DLUTHIER_TESTS=ON'],
  ['cmake', '--build', tree, '--target', 'luthier-tests', '--parallel', String(availableParallelism())],
  [join(tree, 'bin', 'luthier-tests'), join(root, 'src-native', 'test', 'fixtures', 'gradients')],
];
for (const [command, ...args] of steps) {
  const { status } = spawnSync(command, args, { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
