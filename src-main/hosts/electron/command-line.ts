/** `--cli …`: the app's program as the command line, for an AppImage, which has no other file to call. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** What stands behind `--cli`; null where the app itself is wanted. */
export function commandLineIn(args: readonly string[]): readonly string[] | null {
  const at = args.indexOf('--cli');
  return at < 0 ? null : args.slice(at + 1);
}

/**
 * Runs the command line as this program in the part of Node, before Electron is ready, with the streams of this
 * process. Gives its exit code. Ctrl-C reaches both; the command ends by it in order, and this process after it.
 */
export function runCommandLine(args: readonly string[], builtDirectory: string): number {
  const { INIT_CWD: _, ...environment } = process.env; // npm's, of whatever project this is called in
  process.on('SIGINT', () => undefined);
  const { status } = spawnSync(process.execPath, [join(builtDirectory, 'cli.js'), ...args], {
    stdio: 'inherit',
    env: { ...environment, ELECTRON_RUN_AS_NODE: '1' },
  });
  return status ?? 1;
}
