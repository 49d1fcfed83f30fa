// `npm run test:long`: the native core's own tests under the address and undefined behaviour sanitizers.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { root } from './setup.mjs';

if (process.platform === 'win32') {
  process.stderr.write('The sanitizers need GCC or Clang; on Windows there is nothing to run.\n');
  process.exit(2);
}
const tree = join(root, 'build', 'native-sanitize');
const { tag } = JSON.parse(
  readFileSync(join(root, 'node_modules', 'node-llama-cpp', 'llama', 'llama.cpp.info.json'), 'utf8'),
);
const steps = [
  [
    'cmake',
    '-S',
    join(root, 'src-native'),
    '-B',
    tree,
    '-DCMAKE_BUILD_TYPE=Release',
    '-DLUTHIER_TESTS=ON',
    '-DLUTHIER_SANITIZE=ON',
    `-DLUTHIER_LLAMA_SOURCE=${join(root, 'build', `llama.cpp-${tag}`)}`,
    `-DLUTHIER_NODE_API=${join(root, 'node_modules', 'node-api-headers')}`,
  ],
  ['cmake', '--build', tree, '--target', 'luthier-tests', '--parallel', String(availableParallelism())],
  [join(tree, 'bin', 'luthier-tests'), join(root, 'src-native', 'test', 'fixtures', 'gradients')],
];
for (const [command, ...args] of steps) {
  const { status } = spawnSync(command, args, { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
