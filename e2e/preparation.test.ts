/** The preparation as a process: the same bytes for any number of threads, and nothing left behind however it ends. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { createForkLauncher } from '../src-main/adapters/processes/fork-launcher.ts';
import { runJob } from '../src-main/adapters/processes/run-job.ts';
import type { Progress } from '../src-main/pipeline/job-results.ts';
import { parseRecipe } from '../src-shared/recipe/faults.ts';
import { createWorkspace, demoModel, root, runLuthier, startLuthier } from './luthier-process.ts';

const workspace = createWorkspace('preparation');
afterAll(workspace.remove);

const DONE_ROWS = 8000;
/** 7, 108, … 7986 */
const BROKEN_ROWS = 80;
/** Says a word that a template waits for. */
const LOOPING_ROW = 3000;
const data = workspace.write('rows.jsonl', manyRows(DONE_ROWS));
/** More than is ever labelled before a test stops it. */
const endless = workspace.write('endless.jsonl', manyRows(60_000));

/** Rows of several lengths, with blank lines, broken ones and rows without an answer among them: over 2 MiB. */
function manyRows(count: number): string {
  const lines: string[] = [];
  for (let i = 0; i < count; i++) {
    if (i % 97 === 13) lines.push('');
    if (i % 101 === 7) lines.push('{"messages": [{"role": "user"');
    const words = (n: number) => Array.from({ length: n }, (_, k) => `ö${(i * 31 + k * 17) % 97}`).join(' ');
    const messages = [
      { role: 'user', content: words(5 + (i % 23)) + (i === LOOPING_ROW ? ' loop' : '') },
      ...(i % 103 === 5 ? [] : [{ role: 'assistant', content: words(60 + (i % 37)) }]),
    ];
    lines.push(JSON.stringify({ messages }));
  }
  return `${lines.join('\n')}\n`;
}

function recipeFile(name: string, path: string, extra = ''): string {
  return workspace.write(
    `${name}.luthier.yaml`,
    `version: 1\nmodel: {path: ${JSON.stringify(demoModel)}}\ndataset: {path: ${JSON.stringify(path)}}\n${extra}`,
  );
}

const preparedIn = (home: string) => {
  const directory = join(home, 'cache', 'prepared');
  return existsSync(directory) ? readdirSync(directory).map(name => join(directory, name)) : [];
};

/** Processes whose command line names the preparer of this checkout and whose parent is `pid`. */
function childrenOf(pid: number): number[] {
  const { stdout } = spawnSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' });
  const pairs = stdout.split('\n').map(line => line.trim().split(/\s+/).map(Number));
  return pairs.flatMap(([own, parent]) => (parent === pid && own !== undefined ? [own] : []));
}

async function until(holds: () => boolean, withinMs: number): Promise<boolean> {
  for (const end = Date.now() + withinMs; Date.now() < end; await sleep(50)) if (holds()) return true;
  return holds();
}

function isAlive(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.trim().startsWith('Z');
}

/** The hash of the prepared file, and the report. */
async function prepareWith(threads: number, name: string, path: string, extra = '') {
  const home = join(workspace.directory, `home-${name}-${threads}`);
  const recipe = recipeFile(`${name}-${threads}`, path, `${extra}device: {threads: ${threads}}\n`);
  const { json } = await runLuthier('preflight', recipe, '--json', '--home', home);
  const [file, ...others] = preparedIn(home);
  expect(others).toEqual([]);
  const hash = createHash('sha256')
    .update(readFileSync(file ?? ''))
    .digest('hex');
  return { hash, report: json[0] };
}

describe('the prepared file', () => {
  it('is the same to the byte for one, two and three threads', async () => {
    const one = await prepareWith(1, 'lines', data);
    expect(one.report).toMatchObject({
      totals: { examples: DONE_ROWS + BROKEN_ROWS, dropped: { invalid: BROKEN_ROWS } },
    });
    expect((await prepareWith(2, 'lines', data)).hash).toBe(one.hash);
    expect((await prepareWith(3, 'lines', data)).hash).toBe(one.hash);
  });

  it.each([
    [
      'csv',
      (rows: string[][]) =>
        ['prompt,completion', ...rows.map(row => row.map(cell => `"${cell}"`).join(','))].join('\n'),
    ],
    [
      'json',
      (rows: string[][]) => JSON.stringify(rows.map(([prompt, completion]) => ({ prompt, completion }))),
    ],
  ])('is the same for the rows of a %s file, which are read before threads get them', async (kind, write) => {
    const rows = Array.from({ length: 9000 }, (_, i) => [`Was ist ${i}?`, `Die Zahl ${i}, ö. `.repeat(14)]);
    const path = workspace.write(`pairs.${kind}`, write(rows));
    const one = await prepareWith(1, kind, path);
    expect(one.report).toMatchObject({ totals: { examples: 9000, kept: 9000 } });
    expect((await prepareWith(2, kind, path)).hash).toBe(one.hash);
  });

  it('ends with the limit, in the middle of a batch', async () => {
    const limited = workspace.write(
      'limited.luthier.yaml',
      `version: 1\nmodel: {path: ${JSON.stringify(demoModel)}}\ndataset: {path: ${JSON.stringify(data)}, limit: 1234}\ndevice: {threads: 2}\n`,
    );
    const home = join(workspace.directory, 'home-limited');
    const { json } = await runLuthier('preflight', limited, '--json', '--home', home);
    expect(json[0]).toMatchObject({ totals: { examples: 1234 } });
  });
});

describe.skipIf(process.platform === 'win32')('a preparation that is stopped', () => {
  it('by Ctrl-C ends within moments, and leaves neither file nor process', async () => {
    const home = join(workspace.directory, 'home-cancel');
    const { child, finished } = startLuthier(['preflight', recipeFile('cancel', endless), '--home', home]);
    expect(await until(() => preparedIn(home).length > 0, 60_000)).toBe(true);
    const children = childrenOf(child.pid ?? 0);
    expect(children).toHaveLength(1);
    child.kill('SIGINT');
    expect((await finished).code).toBe(130);
    expect(preparedIn(home)).toEqual([]);
    expect(children.filter(isAlive)).toEqual([]);
  });

  it('by kill -9 leaves no process, and its unfinished file is removed by the next start', async () => {
    const home = join(workspace.directory, 'home-kill');
    const { child, finished } = startLuthier(['preflight', recipeFile('kill', endless), '--home', home]);
    expect(await until(() => preparedIn(home).length > 0, 60_000)).toBe(true);
    const children = childrenOf(child.pid ?? 0);
    child.kill('SIGKILL');
    await finished;
    expect(await until(() => children.every(pid => !isAlive(pid)), 10_000)).toBe(true);
    const [left] = preparedIn(home);
    if (left !== undefined) expect(left).toMatch(/\.partial$/);
    // Some systems give the child time to clean up behind itself; a file of the dead there is in any case.
    const [dead] = children;
    mkdirSync(join(home, 'cache', 'prepared'), { recursive: true });
    writeFileSync(join(home, 'cache', 'prepared', `0123.luthdata.${dead}.partial`), 'unfinished');
    const { json } = await runLuthier('preflight', recipeFile('after', data), '--json', '--home', home);
    expect(json[0]).toMatchObject({ totals: { examples: DONE_ROWS + BROKEN_ROWS } });
    expect(preparedIn(home).filter(path => path.endsWith('.partial'))).toEqual([]);
    expect(preparedIn(home)).toHaveLength(1);
  });
});

describe.skipIf(process.platform === 'win32')(
  'a template that loops without end on a row in the middle',
  () => {
    const template = workspace.write(
      'loop.jinja',
      `{%- if 'loop' in messages[0].content -%}
{%- for a in range(100000) -%}{%- for b in range(100000) -%}{%- endfor -%}{%- endfor -%}
{%- endif -%}
{%- for message in messages -%}<|{{ message.role }}|>{{ message.content }}<|end|>{%- endfor -%}`,
    );

    it('ends its process for silence on several threads, and not the one that asked', async () => {
      const { outcome, progress } = await prepare({ silenceLimitMs: 8000, abortAfterMs: null });
      expect(outcome).toMatchObject({ ok: false, error: { code: 'process.silent' } });
      expect(progress.some(({ phase, done }) => phase === 'labelling rows' && done > 0)).toBe(true);
    });

    it('does not keep a cancel from ending the process', async () => {
      const { outcome, exit, pid } = await prepare({ silenceLimitMs: null, abortAfterMs: 6000 });
      expect(outcome).toMatchObject({ ok: false, error: { code: 'job.cancelled' } });
      expect(exit === null || exit.signal === 'SIGKILL').toBe(true);
      expect(isAlive(pid)).toBe(false);
    });

    it('does not outlive the command that asked for it', async () => {
      const home = join(workspace.directory, 'home-loop');
      const extra = `template: {source: file, path: ${JSON.stringify(template)}}\ndevice: {threads: 1}\n`;
      const recipe = recipeFile('loop', endless, extra);
      const { child, finished } = startLuthier(['preflight', recipe, '--home', home]);
      expect(await until(() => preparedIn(home).length > 0, 60_000)).toBe(true);
      const children = childrenOf(child.pid ?? 0);
      expect(children).toHaveLength(1);
      await sleep(3000);
      child.kill('SIGKILL');
      await finished;
      expect(await until(() => children.every(pid => !isAlive(pid)), 10_000)).toBe(true);
    });

    async function prepare(limits: { silenceLimitMs: number | null; abortAfterMs: number | null }) {
      const parsed = parseRecipe({
        version: 1,
        model: { path: demoModel },
        dataset: { path: endless },
        template: { source: 'file', path: template },
        device: { threads: 2 },
      });
      if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
      const progress: Progress[] = [];
      let pid = 0;
      const stop = new AbortController();
      if (limits.abortAfterMs !== null) setTimeout(() => stop.abort(), limits.abortAfterMs);
      const cacheDirectory = join(workspace.directory, `cache-${limits.silenceLimitMs}`);
      const end = await runJob(
        createForkLauncher(join(root, 'out', 'main')),
        'preparer',
        { kind: 'prepare', recipe: parsed.recipe, cacheDirectory, now: 0 },
        {
          nativeDirectory: join(root, 'build', 'native'),
          signal: stop.signal,
          silenceLimitMs: limits.silenceLimitMs,
          graceMs: 5000,
          onProgress: one => void progress.push(one),
          onStart: started => {
            pid = started ?? 0;
          },
        },
      );
      return { ...end, progress, pid };
    }
  },
);
