/** Preflight over every kind of file that people and attackers bring: a report or a coded refusal, never a crash. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CodedException } from '../src-shared/contract/coded-error.ts';
import type { PreflightReport } from '../src-shared/domain/preflight.ts';
import { createWorkspace, demoModel, sharedData } from './luthier-process.ts';
import { preflight, recipeOver } from './preflighting.ts';

const workspace = createWorkspace('preflight-datasets');
afterAll(workspace.remove);

const folders = ['datasets', join('hostile', 'datasets')]
  .map(folder => join(sharedData, folder))
  .filter(existsSync);
const files = folders.flatMap(folder =>
  readdirSync(folder)
    .filter(name => !name.endsWith('.py'))
    .map(name => join(folder, name)),
);

async function verdictOn(path: string): Promise<PreflightReport | CodedException> {
  const recipe = recipeOver(workspace, [], { model: demoModel, dataset: { path, limit: 300 } });
  try {
    return await preflight(workspace, recipe);
  } catch (error) {
    if (error instanceof CodedException) return error;
    throw error;
  }
}

describe.runIf(files.length > 0)('preflight over a file', () => {
  it.each(files)('adds up, or refuses in words: %s', async path => {
    const verdict = await verdictOn(path);
    if (verdict instanceof CodedException) {
      expect(verdict.coded.code).toMatch(/^data\./);
      expect(verdict.coded.remedy).not.toBe('');
      return;
    }
    const { totals, checks, status } = verdict;
    const dropped = Object.values(totals.dropped).reduce((sum, count) => sum + count, 0);
    expect(totals.kept + dropped).toBe(totals.examples);
    expect(new Set(checks.map(({ id }) => id)).size).toBe(checks.length);
    expect(status === 'blocked').toBe(checks.some(({ severity }) => severity === 'error'));
    if (totals.trainableTokens === 0) expect(status).toBe('blocked');
    for (const check of checks.filter(({ severity }) => severity === 'error'))
      expect(check.cause).not.toBe('');
  });
});
