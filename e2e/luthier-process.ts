/** Runs the built command line in tests, as a user would from a shell. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '..');
export const cliFile = join(root, 'out', 'main', 'cli.js');
export const demoDirectory = join(root, 'resources', 'demo');
export const demoModel = join(demoDirectory, 'base.gguf');
/** Development data that a checkout may have beside it; tests that need it are skipped without. */
export const sharedData = join(root, '..', 'shared', 'data');

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Each line of standard output, parsed. */
  readonly json: readonly unknown[];
}

export interface Running {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
  /** Resolves with the first line of standard output that the test wants; rejects if the process ends before. */
  line(wanted: (value: Record<string, unknown>) => boolean): Promise<Record<string, unknown>>;
}

/** Starts `luthier …` in a process group of its own, so that a test can kill all of it. */
export function startLuthier(args: readonly string[], environment: Record<string, string> = {}): Running {
  const child = spawn(process.execPath, [cliFile, ...args], {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
  let stdout = '';
  let stderr = '';
  const listeners = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
    for (const listener of listeners) listener();
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  const finished = new Promise<Finished>(resolve => {
    child.on('close', (code, signal) => {
      resolve({ code, signal, stdout, stderr, json: parsedLines(stdout) });
    });
  });
  return {
    child,
    finished,
    line: wanted =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = parsedLines(stdout).find(value => wanted(value as Record<string, unknown>));
          if (!found) return;
          listeners.delete(look);
          resolve(found as Record<string, unknown>);
        };
        listeners.add(look);
        look();
        void finished.then(({ code }) =>
          reject(new Error(`ended with ${code} before the line came:\n${stderr}`)),
        );
      }),
  };
}

export function runLuthier(...args: string[]): Promise<Finished> {
  return startLuthier(args).finished;
}

function parsedLines(stdout: string): unknown[] {
  const whole = stdout.slice(0, stdout.lastIndexOf('\n') + 1);
  return whole
    .split('\n')
    .filter(line => line.startsWith('{'))
    .map(line => JSON.parse(line) as unknown);
}

/** A folder for one test file: home, recipes and data; removed at the end. */
export function createWorkspace(name: string) {
  const directory = mkdtempSync(join(tmpdir(), `luthier-${name}-`));
  const home = join(directory, 'home');
  return {
    directory,
    home,
    write(file: string, content: string): string {
      const path = join(directory, file);
      writeFileSync(path, content);
      return path;
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

export const conversation = (...messages: [role: string, content: string][]) =>
  `${JSON.stringify({ messages: messages.map(([role, content]) => ({ role, content })) })}\n`;
