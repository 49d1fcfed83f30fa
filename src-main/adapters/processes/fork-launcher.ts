/** Starts children with Node's own `fork`: for the command line and the web host. */
import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { ChildMessage } from '../../processes/protocol.ts';
import {
  CHILD_ENVIRONMENT,
  type ChildHandle,
  LAST_LINES,
  LastLines,
  type ProcessLauncher,
} from './process-launcher.ts';

/** `directory` holds the built entry files: trainer.js, preparer.js, inference.js. */
export function createForkLauncher(directory: string): ProcessLauncher {
  return {
    launch(entry): ChildHandle {
      const child = fork(join(directory, `${entry}.js`), [], {
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
        serialization: 'advanced',
        env: { ...process.env, ...CHILD_ENVIRONMENT },
        execArgv: [],
      });
      const lastLines = new LastLines(LAST_LINES);
      const outputs = [child.stdout, child.stderr].map(stream => stream?.setEncoding('utf8'));
      const onOutput = (listener: (text: string) => void) => {
        for (const output of outputs) output?.on('data', listener);
      };
      onOutput(chunk => lastLines.add(chunk));
      return {
        pid: child.pid ?? null,
        send: message => {
          if (child.connected) child.send(message, () => undefined);
        },
        onMessage: listener => child.on('message', message => listener(message as ChildMessage)),
        onOutput,
        onExit: listener => {
          let ended = false;
          const end = (exitCode: number | null, signal: string | null, fault?: Error) => {
            if (ended) return;
            ended = true;
            if (fault) lastLines.add(`${fault.message}\n`);
            listener({ exitCode, signal, lastLines: lastLines.lines });
          };
          child.on('close', (code, signal) => end(code, signal));
          child.on('error', fault => {
            if (child.pid === undefined) end(null, null, fault);
          });
        },
        kill: () => void child.kill('SIGKILL'),
      };
    },
  };
}
