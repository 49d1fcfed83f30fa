import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadRecipe, openRecipeFile, parseRecipeText, recipeToYaml, runNamedIn } from './recipe-file.ts';

const directory = mkdtempSync(join(tmpdir(), 'luthier-recipe-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const MINIMAL = 'version: 1\nmodel: {path: base.gguf}\ndataset: {path: [a.jsonl, sub/b.jsonl]}\n';
const parse = (text: string, overrides = [] as { key: string; value: string }[]) =>
  parseRecipeText(text, '/recipes', overrides);

describe('recipes on disk', () => {
  it('makes relative paths absolute from the folder of the recipe', () => {
    const path = join(directory, 'r.luthier.yaml');
    writeFileSync(path, MINIMAL);
    const recipe = loadRecipe(path);
    expect(recipe).toMatchObject({
      ok: true,
      value: {
        model: { path: join(directory, 'base.gguf') },
        dataset: { path: [join(directory, 'a.jsonl'), join(directory, 'sub', 'b.jsonl')] },
      },
    });
  });

  it('tells which paths are relative, and lets them begin in another folder than that of a copy', () => {
    const path = join(directory, 'copy.luthier.yaml');
    writeFileSync(path, MINIMAL.replace('base.gguf', '/models/base.gguf'));
    expect(openRecipeFile(path, '/home/me/recipes')).toMatchObject({
      value: {
        recipe: {
          model: { path: '/models/base.gguf' },
          dataset: { path: ['/home/me/recipes/a.jsonl', '/home/me/recipes/sub/b.jsonl'] },
        },
        relativePaths: [
          { key: 'dataset.path', path: 'a.jsonl' },
          { key: 'dataset.path', path: 'sub/b.jsonl' },
        ],
      },
    });
    expect(openRecipeFile(path, null)).toMatchObject({
      value: { recipe: { dataset: { path: [join(directory, 'a.jsonl'), join(directory, 'sub/b.jsonl')] } } },
    });
  });

  it('comes back the same after it was written', () => {
    const first = parse(MINIMAL);
    if (!first.ok) throw new Error(first.error.cause);
    expect(parse(recipeToYaml(first.value))).toEqual(first);
  });

  it('names the run that it comes from in a comment, which only the first lines may hold', () => {
    const path = join(directory, 'of-a-run.luthier.yaml');
    const first = parse(MINIMAL);
    if (!first.ok) throw new Error(first.error.cause);
    const text = recipeToYaml(first.value, '20260101-120000-abcdef');
    const named = (written: string) => {
      writeFileSync(path, written);
      return runNamedIn(path);
    };
    expect(named(text)).toBe('20260101-120000-abcdef');
    expect(named(`# mine\r\n\r\n${text}`)).toBe('20260101-120000-abcdef');
    expect(openRecipeFile(path, null)).toMatchObject({ value: { fromRun: '20260101-120000-abcdef' } });
    expect(parse(text)).toEqual(first);
    expect(named(`${MINIMAL}# From run r1\n`)).toBeNull();
    expect(named(`# From run ../../r1\n${MINIMAL}`)).toBeNull();
    expect(named(MINIMAL)).toBeNull();
    expect(runNamedIn(join(directory, 'none.yaml'))).toBeNull();
  });

  it('takes overrides, their values read as YAML', () => {
    const recipe = parse(MINIMAL, [
      { key: 'training.learningRate', value: '1e-4' },
      { key: 'adapter.targetModules', value: '[attn_q]' },
    ]);
    expect(recipe).toMatchObject({
      value: { training: { learningRate: 0.0001 }, adapter: { targetModules: ['attn_q'] } },
    });
  });

  it('refuses an override that names no key', () => {
    expect(parse(MINIMAL, [{ key: 'training.lr', value: '1' }])).toMatchObject({
      error: { code: 'recipe.invalid', details: { faults: [{ path: 'training.lr' }] } },
    });
  });

  it('reports all faults in one error, with path, found and allowed', () => {
    const recipe = parse(
      'version: 2\nmodel: {path: 7}\ndataset: {path: a, limit: -1}\nmasking: {strategy: asistant}\n',
    );
    if (recipe.ok) throw new Error('accepted');
    const { faults } = recipe.error.details as { faults: { path: string; nearest: string | null }[] };
    expect(faults.map(fault => fault.path)).toEqual([
      'version',
      'model.path',
      'dataset.limit',
      'masking.strategy',
    ]);
    expect(faults[3]?.nearest).toBe('assistant');
    expect(recipe.error.title).toBe('The recipe has 4 faults.');
  });

  it.each([
    ['a: [1', 'recipe.notYaml'],
    ['a: 1\na: 2\n', 'recipe.notYaml'],
    ['&a [*a]', 'recipe.notYaml'],
    ['', 'recipe.invalid'],
    ['- 1\n', 'recipe.invalid'],
  ])('refuses %j', (text, code) => {
    expect(parse(text)).toMatchObject({ ok: false, error: { code } });
  });

  it('says so where there is no file', () => {
    expect(loadRecipe(join(directory, 'none.yaml'))).toMatchObject({ error: { code: 'recipe.notFound' } });
  });
});
