/** Starts children with Electron's `utilityProcess`, which run its own Node without a window. */
import { join } from 'node:path';
import { utilityProcess } from 'electron';
import type { ChildMessage } from '../../processes/protocol.ts';
import {
  CHILD_ENVIRONMENT,
  type ChildHandle,
  LAST_LINES,
  LastLines,
  type ProcessLauncher,
} from './process-launcher.ts';

/** `directory` holds the built entry files. Only to be called after Electron's `ready`. */
export function createElectronLauncher(directory: string): ProcessLauncher {
  return {
    launch(entry): ChildHandle {
      const child = utilityProcess.fork(join(directory, `${entry}.js`), [], {
        stdio: ['ignore', 'pipe', 'pipe'],
        serviceName: `Luthier ${entry}`,
        env: { ...process.env, ...CHILD_ENVIRONMENT },
      });
      const lastLines = new LastLines(LAST_LINES);
      const onOutput = (listener: (text: string) => void) => {
        for (const stream of [child.stdout, child.stderr]) {
          stream?.on('data', (chunk: Buffer) => listener(chunk.toString('utf8')));
        }
      };
      onOutput(chunk => lastLines.add(chunk));
      return {
        pid: child.pid ?? null,
        send: message => child.postMessage(message),
        onMessage: listener => child.on('message', message => listener(message as ChildMessage)),
        onOutput,
        onExit: listener => {
          child.once('exit', code => listener({ exitCode: code, signal: null, lastLines: lastLines.lines }));
        },
        kill: () => void child.kill(),
      };
    },
  };
}
