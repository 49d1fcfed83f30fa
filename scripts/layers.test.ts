import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const tree = mkdtempSync(join(tmpdir(), 'luthier-layers-'));
afterAll(() => rmSync(tree, { recursive: true, force: true }));

/** Runs the layer check over a small tree of its own, with the project's rules. */
function rulesBrokenBy(files: Readonly<Record<string, string>>): string[] {
  rmSync(tree, { recursive: true, force: true });
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), content);
  }
  writeFileSync(
    join(tree, 'tsconfig.json'),
    '{"compilerOptions":{"allowImportingTsExtensions":true,"noEmit":true}}',
  );
  writeFileSync(join(tree, 'package.json'), '{"type":"module"}');
  symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'), 'junction');
  const checker = join(root, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruiser.mjs');
  const config = join(root, '.dependency-cruiser.mjs');
  const { stdout } = spawnSync(
    process.execPath,
    [checker, '--config', config, '--output-type', 'json', '.'],
    {
      cwd: tree,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  const { summary } = JSON.parse(stdout) as { summary: { violations: { rule: { name: string } }[] } };
  return [...new Set(summary.violations.map(violation => violation.rule.name))].sort();
}

describe('the layer check', () => {
  it('fires on a type import from the pipeline to a host', () => {
    expect(
      rulesBrokenBy({
        'src-main/hosts/cli/main.ts': 'export interface Cli { a: 1 }\n',
        'src-main/pipeline/bad.ts':
          "import type { Cli } from '../hosts/cli/main.ts';\nexport const a = (c: Cli) => c.a;\n",
      }),
    ).toEqual(['nothing-imports-hosts', 'pipeline-is-pure']);
  });

  it('fires on a file system inside the pipeline', () => {
    expect(
      rulesBrokenBy({
        'src-main/pipeline/bad.ts':
          "import { readFileSync } from 'node:fs';\nexport const read = readFileSync;\n",
      }),
    ).toEqual(['pipeline-touches-no-machine']);
  });

  it('fires on a feature that imports another, and on a page that imports the backend', () => {
    expect(
      rulesBrokenBy({
        'src-main/backend/b.ts': 'export const b = 1;\n',
        'src-renderer/features/chat/chat.ts':
          "import { b } from '../../../src-main/backend/b.ts';\nexport const c = b;\n",
        'src-renderer/features/history/list.ts':
          "import { c } from '../chat/chat.ts';\nexport const d = c;\n",
      }),
    ).toEqual(['features-do-not-import-each-other', 'renderer-imports-shared-only']);
  });

  it('fires on electron outside its host', () => {
    expect(
      rulesBrokenBy({
        'src-main/hosts/web/w.ts': "import { app } from 'electron';\nexport const a = app;\n",
      }),
    ).toEqual(['electron-stays-in-its-host']);
  });

  it('is quiet where imports run the right way', () => {
    expect(
      rulesBrokenBy({
        'src-shared/domain/x.ts': 'export const x = 1;\n',
        'src-main/pipeline/y.ts': "import { x } from '../../src-shared/domain/x.ts';\nexport const y = x;\n",
        'src-main/hosts/cli/main.ts': "import { y } from '../../pipeline/y.ts';\nexport const z = y;\n",
      }),
    ).toEqual([]);
  });
});
