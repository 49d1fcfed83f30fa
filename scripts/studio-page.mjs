// A studio of its own and a browser to look at it, for benchmarks and screenshots.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { root } from './setup.mjs';

/** `luthier serve` over a data folder: its address with the key, and what ends it. */
export async function serveStudio(node, home, stderr = 'ignore') {
  const cli = join(root, 'out', 'main', 'cli.js');
  const server = spawn(node, [cli, 'serve', '--no-open', '--json', '--home', home], {
    stdio: ['ignore', 'pipe', stderr],
  });
  return { url: await readUrl(server), stop: () => stop(server) };
}

/** Debian's or Google's browser where there is one, else Playwright's own. */
export function browserPath() {
  const installed = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/google-chrome'];
  return installed.find(path => path && existsSync(path)) ?? chromium.executablePath();
}

export function openBrowser() {
  return chromium.launch({ args: ['--no-sandbox', '--disable-gpu'], executablePath: browserPath() });
}

function readUrl(server) {
  return new Promise((resolve, reject) => {
    let text = '';
    server.stdout.setEncoding('utf8').on('data', chunk => {
      text += chunk;
      const line = text.split('\n').find(one => one.startsWith('{'));
      if (line) resolve(JSON.parse(line).url);
    });
    server.on('exit', () => reject(new Error('The studio ended before it was ready.')));
  });
}

async function stop(server) {
  if (server.exitCode !== null || server.signalCode !== null) return;
  server.kill('SIGTERM');
  await new Promise(resolve => server.once('exit', resolve));
}
