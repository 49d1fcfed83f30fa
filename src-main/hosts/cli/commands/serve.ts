/** `luthier serve`: the studio in a browser, until it is interrupted. */
import { spawn } from 'node:child_process';
import { createBackendFace } from '../../../backend/create-backend-face.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';

export async function serveCommand(
  context: CommandContext,
  options: { readonly port: number; readonly open: boolean },
): Promise<ExitCode> {
  const { parts, output, signal, rendererDirectory } = context;
  // Node's server and the sockets take a while to load, and no other command needs them.
  const { startWebHost } = await import('../../web/web-host.ts');
  const backend = createBackendFace(parts);
  const version = parts.versions['luthier'] ?? '';
  const host = await startWebHost({ backend, rendererDirectory, port: options.port, version });
  await output.document({ url: host.url, pid: process.pid });
  process.stderr.write(
    `Luthier is open at ${host.url}\nCtrl-C ends it; a run under way is stopped and kept.\n`,
  );
  if (options.open) openBrowser(host.url);
  await new Promise<void>(resolve => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await host.close();
  await backend.close();
  return EXIT.done;
}

/** Best effort: where no browser can be opened, the printed URL is enough. */
function openBrowser(url: string): void {
  if (process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']) return;
  const [command, args] =
    process.platform === 'darwin'
      ? ['open', [url]]
      : process.platform === 'win32'
        ? ['rundll32', ['url.dll,FileProtocolHandler', url]]
        : ['xdg-open', [url]];
  spawn(command as string, args as string[], { stdio: 'ignore', detached: true })
    .on('error', () => undefined)
    .unref();
}
