/** Recipes and templates as documents of the user: opened from a file or the demo, and saved. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { type CodedError, fail, type Outcome, ok } from '../../src-shared/contract/coded-error.ts';
import type { ProcedureInput, ProcedureOutput } from '../../src-shared/contract/procedures.ts';
import type { BackendParts } from './backend-parts.ts';
import { loadDemoRecipe } from './demo.ts';
import { parentOfRecipe } from './parent-of-recipe.ts';

/** Errors: those of `loadRecipe`. */
export function openRecipe(
  parts: BackendParts,
  source: ProcedureInput<'recipe.open'>,
): Outcome<ProcedureOutput<'recipe.open'>> {
  if (source.kind === 'demo') {
    const loaded = loadDemoRecipe(parts);
    return loaded.ok ? ok({ recipe: loaded.value, path: null, relativePaths: [], parent: null }) : loaded;
  }
  const opened = parts.openRecipeFile(source.path, source.folder ?? null);
  if (!opened.ok) return opened;
  const { recipe, relativePaths, fromRun } = opened.value;
  const parent = parentOfRecipe(parts, recipe, fromRun);
  const name = parent === null ? undefined : parts.store.brief(parent.id)?.name;
  return ok({
    recipe,
    relativePaths,
    path: resolve(source.path),
    parent: parent === null || name === undefined ? null : { ...parent, name },
  });
}

/** Errors: `recipe.invalid`, `recipe.exists`, `recipe.notSaved`. */
export function saveRecipe(
  parts: BackendParts,
  draft: unknown,
  path: string,
  overwrite: boolean,
  fromRun: string | null,
): Outcome<{ path: string }> {
  const recipe = parts.checkRecipe(draft);
  if (!recipe.ok) return recipe;
  if (!isAbsolute(path))
    return fail(notSaved(`${path} does not say in which folder: it is no absolute path.`));
  if (!/\.ya?ml$/i.test(path)) return fail(notSaved(`${path} does not end in .yaml.`));
  if (!overwrite && existsSync(path)) {
    return fail({
      code: 'recipe.exists',
      title: 'A file of this name is there already.',
      cause: `${path} was last changed at ${statSync(path).mtime.toISOString()}.`,
      remedy: 'Choose another name, or save over it.',
    });
  }
  return writeWhole(path, parts.recipeToYaml(recipe.value, fromRun), notSaved);
}

/** Named by its content, so that a recipe that refers to it never finds another text. Errors: `template.notSaved`. */
export function saveTemplate(parts: BackendParts, name: string, source: string): Outcome<{ path: string }> {
  const stem = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);
  const hash = createHash('sha256').update(source).digest('hex').slice(0, 10);
  const directory = join(parts.home, 'templates');
  const failed = (cause: string): CodedError => ({
    code: 'template.notSaved',
    title: 'The template cannot be saved.',
    cause,
    remedy: 'Free space on the disk of the data folder, or choose another one with --home.',
  });
  try {
    mkdirSync(directory, { recursive: true });
  } catch (error) {
    return fail(failed(error instanceof Error ? error.message : String(error)));
  }
  return writeWhole(join(directory, `${stem || 'template'}-${hash}.jinja`), source, failed);
}

/** Under another name first, so that a disk that fills up leaves no half file. */
function writeWhole(
  path: string,
  text: string,
  failed: (cause: string) => CodedError,
): Outcome<{ path: string }> {
  const temporary = join(dirname(path), `.${process.pid}-${Date.now()}.partial`);
  try {
    writeFileSync(temporary, text);
    renameSync(temporary, path);
    return ok({ path });
  } catch (error) {
    rmSync(temporary, { force: true });
    return fail(failed(error instanceof Error ? error.message : String(error)));
  }
}

function notSaved(cause: string): CodedError {
  return {
    code: 'recipe.notSaved',
    title: 'The recipe cannot be saved.',
    cause,
    remedy: 'Give a whole path in a folder that is there, such as /home/me/support-bot.luthier.yaml.',
  };
}
