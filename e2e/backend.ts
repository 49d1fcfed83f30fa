/** The backend's parts as the command line wires them, over the built processes, for tests that call use cases. */
import { join } from 'node:path';
import { createForkLauncher } from '../src-main/adapters/processes/fork-launcher.ts';
import { createBackendParts } from '../src-main/hosts/create-backend.ts';
import { orThrow } from '../src-shared/contract/coded-error.ts';
import { root } from './luthier-process.ts';

/** `onLaunch` hears of every child process; its pid is null where none could be started. */
export function openParts(
  home: string,
  onLaunch: (entry: string, pid: number | null) => void = () => undefined,
) {
  const processDirectory = join(root, 'out', 'main');
  const launcher = createForkLauncher(processDirectory);
  return orThrow(
    createBackendParts({
      host: 'cli',
      home,
      resourcesDirectory: join(root, 'resources'),
      nativeDirectory: join(root, 'build', 'native'),
      processDirectory,
      launcher: {
        launch: entry => {
          const child = launcher.launch(entry);
          onLaunch(entry, child.pid);
          return child;
        },
      },
    }),
  );
}
