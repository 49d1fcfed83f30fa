/** The command line's entry: parses arguments, runs one command, ends with its exit code. */
import { runCli } from './run-cli.ts';

// A reader that went away (`| head`) is no fault of the command.
process.stdout.on('error', error => {
  if ((error as NodeJS.ErrnoException).code === 'EPIPE') process.exit(0);
  throw error;
});

process.exitCode = await runCli(process.argv.slice(2), {
  directory: process.env['INIT_CWD'] ?? process.cwd(),
  builtDirectory: import.meta.dirname,
});
// Streams are flushed before the process ends by itself; a handle left open must not keep it alive.
setTimeout(() => process.exit(), 2_000).unref();
