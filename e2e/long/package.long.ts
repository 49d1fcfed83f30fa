/**
 * The packed app: its contents, and its command line from another folder, with nothing on the path but what its
 * launcher calls. The pinned Node stands for Electron run as Node, and a folder for the archive that only Electron reads.
 */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkPackage, readArchive } from '../../scripts/package/check.mjs';
import { createWorkspace, root } from '../luthier-process.ts';

const machine = { platform: process.platform, arch: process.arch };
const packed = join(root, 'dist', 'linux-unpacked');
const workspace = createWorkspace('package');
const elsewhere = join(workspace.directory, 'some where else');
const tools = join(workspace.directory, 'tools');
afterAll(workspace.remove);

describe.skipIf(process.platform !== 'linux')('the packed app', () => {
  beforeAll(() => {
    const script = join(root, 'scripts', 'package.mjs');
    const made = spawnSync(process.execPath, [script, '--stand-in'], { cwd: root, encoding: 'utf8' });
    expect(made.status, made.stdout + made.stderr).toBe(0);
    cpSync(packed, elsewhere, { recursive: true });
    openArchive(join(elsewhere, 'resources'));
    copyFileSync(process.execPath, join(elsewhere, 'luthier-studio'));
    chmodSync(join(elsewhere, 'luthier-studio'), 0o755);
    mkdirSync(tools);
    for (const name of ['dirname', 'readlink']) symlinkSync(join('/usr/bin', name), join(tools, name));
  }, 300_000);

  it('holds all that it needs and nothing else', () => {
    const { problems, bytes, archiveBytes } = checkPackage(packed, machine);
    expect(problems).toEqual([]);
    process.stdout.write(`without Electron: ${bytes} bytes, ${archiveBytes} of them in the archive\n`);
  });

  it('is found wanting where a library is gone or a source is left', () => {
    const broken = join(workspace.directory, 'broken');
    cpSync(packed, broken, { recursive: true });
    rmSync(join(broken, 'resources', 'native', 'luthier.node'));
    const modules = join(broken, 'resources', 'app.asar.unpacked', 'node_modules', '@node-llama-cpp');
    const gpu = readdirSync(modules, { recursive: true, encoding: 'utf8' }).find(path =>
      path.endsWith('libggml-vulkan.so'),
    );
    rmSync(join(modules, gpu ?? 'no Vulkan module'));
    writeFileSync(join(broken, 'resources', 'native', 'left-over.cpp'), '');
    const { problems } = checkPackage(broken, machine);
    rmSync(broken, { recursive: true });
    expect(problems).toEqual([
      'missing: native/luthier.node',
      `missing: node_modules/@node-llama-cpp/${gpu}`,
      'superfluous: native/left-over.cpp',
    ]);
  });

  it('says how it is, by a link to its launcher', () => {
    const link = join(workspace.directory, 'luthier');
    symlinkSync(join(elsewhere, 'resources', 'bin', 'luthier'), link);
    const { status, stdout, stderr } = runPacked(link, 'doctor', '--json', '--home', workspace.home);
    expect(status, stderr).toBe(0);
    expect(stdout).toContain(workspace.home);
    expect(JSON.parse(stdout)).toHaveProperty('versions');
  });

  it.skipIf(process.arch !== 'x64')(
    'takes the kernels that this processor runs best, or those asked for',
    () => {
      const launcher = join(elsewhere, 'resources', 'bin', 'luthier');
      const flags = /^flags.*$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[0].split(' ') ?? [];
      const featuresOf = (environment: Record<string, string>): string[] => {
        const { status, stdout, stderr } = runPackedWith(environment, launcher, 'doctor', '--json');
        expect(status, stderr).toBe(0);
        return JSON.parse(stdout).versions.cpuFeatures;
      };
      const best = featuresOf({});
      expect(best.includes('AVX2')).toBe(flags.includes('avx2'));
      expect(best.includes('AVX512')).toBe(flags.includes('avx512bw'));
      expect(best.includes('AVX512_BF16')).toBe(flags.includes('avx512_bf16'));
      expect(featuresOf({ LUTHIER_CPU: 'x64' })).not.toContain('AVX');
      if (flags.includes('avx2')) {
        expect(featuresOf({ LUTHIER_CPU: 'haswell' })).toContain('AVX2');
        expect(featuresOf({ LUTHIER_CPU: 'haswell' })).not.toContain('AVX512');
      }
    },
  );

  it.skipIf(process.arch !== 'x64')('trains the same with the kernels of any processor, to rounding', () => {
    const launcher = join(elsewhere, 'resources', 'bin', 'luthier');
    const recipe = join(elsewhere, 'resources', 'resources', 'demo', 'demo.luthier.yaml');
    const losses = ['x64', 'haswell', 'skylakex', 'zen4'].map(variant => {
      const home = join(workspace.directory, variant);
      const args = ['train', recipe, '--json', '--set', 'training.maxSteps=3', '--home', home];
      const { status, stdout, stderr } = runPackedWith({ LUTHIER_CPU: variant }, launcher, ...args);
      expect(status, stderr).toBe(0);
      const events = stdout
        .trim()
        .split('\n')
        .map(line => JSON.parse(line));
      return events.filter(event => event.type === 'step').map(event => event.loss as number);
    });
    for (const course of losses) {
      expect(course).toHaveLength(3);
      for (const [i, loss] of course.entries()) expect(loss).toBeCloseTo(losses[0]?.[i] ?? Number.NaN, 2);
    }
  });

  it('trains its demo and answers with it', () => {
    const launcher = join(elsewhere, 'resources', 'bin', 'luthier');
    const { status, stdout, stderr } = runPacked(launcher, 'demo', '--json', '--home', workspace.home);
    expect(status, stderr).toBe(0);
    const finished = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
    expect(finished).toMatchObject({ type: 'finished', status: 'completed' });
    expect(finished.demo.tunedExactMatch).toBeGreaterThanOrEqual(0.8);
  });
});

function runPacked(launcher: string, ...args: string[]) {
  return runPackedWith({}, launcher, ...args);
}

function runPackedWith(environment: Record<string, string>, launcher: string, ...args: string[]) {
  return spawnSync(launcher, args, {
    cwd: workspace.directory,
    encoding: 'utf8',
    env: { PATH: tools, HOME: workspace.directory, ...environment },
    maxBuffer: 100_000_000,
  });
}

/** Puts a folder in the archive's place: what lies outside the archive is linked to where Electron finds it. */
function openArchive(resources: string): void {
  const archive = join(resources, 'app.asar');
  const files = readArchive(archive);
  rmSync(archive);
  for (const { path, bytes } of files) {
    const target = join(archive, path);
    mkdirSync(dirname(target), { recursive: true });
    if (bytes === null) linkSync(join(resources, 'app.asar.unpacked', path), target);
    else writeFileSync(target, bytes);
  }
}
