/** Recipe files: YAML on disk ↔ a checked recipe with absolute paths. */
import { readFileSync, statSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import { isMap, parse, parseDocument, stringify } from 'yaml';
import { type CodedError, fail, type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import { runIdSchema } from '../../../src-shared/domain/run.ts';
import { parseRecipe, type RecipeFault } from '../../../src-shared/recipe/faults.ts';
import type { Recipe } from '../../../src-shared/recipe/schema.ts';

/** A recipe is a page of text; a larger file is something else. */
const LARGEST_BYTES = 1024 * 1024;

/** `training.learningRate` = `1e-4`, as `--set training.learningRate=1e-4` gives it; values are YAML. */
export interface Override {
  readonly key: string;
  readonly value: string;
}

/**
 * Reads and checks a recipe. Relative paths become absolute, from the recipe's own folder. Errors:
 * `recipe.notFound`, `recipe.tooLarge`, `recipe.notYaml`, `recipe.invalid` with every fault in
 * `details.faults`.
 */
export function loadRecipe(path: string, overrides: readonly Override[] = []): Outcome<Recipe> {
  const text = readText(path);
  if (!text.ok) return text;
  return parseRecipeText(text.value, dirname(resolve(path)), overrides);
}

/** A path of a recipe as its file has it, where it is no absolute one. */
export interface RelativePath {
  /** `model.path` */
  readonly key: string;
  readonly path: string;
}

/**
 * The same, which of its paths are relative, and the run that it says it comes from. `folder`: where the paths begin, for
 * a copy that lies elsewhere; null for the file's own folder. Errors: those of `loadRecipe`.
 */
export function openRecipeFile(
  path: string,
  folder: string | null,
): Outcome<{
  readonly recipe: Recipe;
  readonly relativePaths: RelativePath[];
  readonly fromRun: string | null;
}> {
  const text = readText(path);
  if (!text.ok) return text;
  const written = checkText(text.value, []);
  if (!written.ok) return written;
  const relativePaths: RelativePath[] = [];
  const recipe = withPaths(written.value, (each, key) => {
    if (!isAbsolute(each)) relativePaths.push({ key, path: each });
    return resolve(folder ?? dirname(resolve(path)), each);
  });
  return ok({ recipe, relativePaths, fromRun: originIn(text.value) });
}

/** The run that a recipe file says it comes from; null where it says nothing, or cannot be read. */
export function runNamedIn(path: string): string | null {
  const text = readText(path);
  return text.ok ? originIn(text.value) : null;
}

export function parseRecipeText(
  text: string,
  directory: string,
  overrides: readonly Override[],
): Outcome<Recipe> {
  const written = checkText(text, overrides);
  return written.ok ? ok(withPaths(written.value, path => resolve(directory, path))) : written;
}

/** With the paths as they stand in the text. */
function checkText(text: string, overrides: readonly Override[]): Outcome<Recipe> {
  const document = parseDocument(text, { uniqueKeys: true, maxAliasCount: 0 } as object);
  if (document.errors.length > 0) return fail(notYaml(document.errors.map(error => error.message)));
  for (const override of overrides) {
    if (!isMap(document.contents)) break;
    try {
      document.setIn(override.key.split('.'), parse(override.value));
    } catch (error) {
      return fail(
        notYaml([`--set ${override.key}: ${error instanceof Error ? error.message : String(error)}`]),
      );
    }
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 0 });
  } catch (error) {
    return fail(notYaml([error instanceof Error ? error.message : String(error)]));
  }
  const parsed = parseRecipe(value);
  return parsed.ok ? ok(parsed.recipe) : fail(invalidRecipe(parsed.faults));
}

/** The recipe as a file would hold it; the run that it comes from is named in a comment, since it changes nothing. */
export function recipeToYaml(recipe: Recipe, fromRun: string | null = null): string {
  const yaml = stringify(recipe, { lineWidth: 110 });
  return fromRun === null
    ? yaml
    : `# From run ${fromRun}, which a run of this recipe names as its parent.\n${yaml}`;
}

/** Only among the comments that a file begins with. */
function originIn(text: string): string | null {
  const [comments = ''] = /^(?:\uFEFF?[ \t]*(?:#.*)?\r?\n)*/.exec(text) ?? [];
  const [, id] = /^[ \t]*# From run ([^\s,]+)/m.exec(comments) ?? [];
  return runIdSchema.safeParse(id).data ?? null;
}

function readText(path: string): Outcome<string> {
  try {
    if (statSync(path).size > LARGEST_BYTES) {
      return fail({
        code: 'recipe.tooLarge',
        title: 'The recipe cannot be read.',
        cause: `${path} is larger than 1 MiB; it is no recipe.`,
        remedy: 'Choose a .luthier.yaml file.',
      });
    }
    return ok(readFileSync(path, 'utf8'));
  } catch (error) {
    return fail({
      code: 'recipe.notFound',
      title: 'The recipe cannot be read.',
      cause: error instanceof Error ? error.message : String(error),
      remedy: 'Check the path of the recipe.',
    });
  }
}

/** With every path as `at` gives it back; `at` also gets the key that the path stands at. */
function withPaths(recipe: Recipe, at: (path: string, key: string) => string): Recipe {
  const { model, dataset, template, adapter, output } = recipe;
  const { path, validation } = dataset;
  const orNull = (value: string | null, key: string) => (value === null ? null : at(value, key));
  return {
    ...recipe,
    model: { ...model, path: at(model.path, 'model.path') },
    dataset: {
      ...dataset,
      path: typeof path === 'string' ? at(path, 'dataset.path') : path.map(each => at(each, 'dataset.path')),
      validation:
        typeof validation === 'object' && 'path' in validation
          ? { path: at(validation.path, 'dataset.validation.path') }
          : validation,
    },
    template: { ...template, path: orNull(template.path, 'template.path') },
    adapter: { ...adapter, init: orNull(adapter.init, 'adapter.init') },
    output: { directory: orNull(output.directory, 'output.directory') },
  };
}

function notYaml(messages: readonly string[]): CodedError {
  return {
    code: 'recipe.notYaml',
    title: 'The recipe is not YAML.',
    // Each message draws its place below its first line.
    cause: messages.map(message => message.split('\n')[0]?.replace(/:$/, '.')).join('\n'),
    remedy: 'Mend the file at the place named.',
  };
}

export function invalidRecipe(faults: readonly RecipeFault[]): CodedError {
  return {
    code: 'recipe.invalid',
    title: faults.length === 1 ? 'The recipe has 1 fault.' : `The recipe has ${faults.length} faults.`,
    cause: faults.map(faultInWords).join('\n'),
    remedy: 'Mend each of the keys named.',
    details: { faults },
  };
}

function faultInWords({ path, found, allowed, nearest, isUnknownKey }: RecipeFault): string {
  const hint = nearest === null ? '' : ` Did you mean ${nearest}?`;
  if (!isUnknownKey) return `${path || 'recipe'}: found ${found}, allowed is ${allowed}.${hint}`;
  return `${path}: there is no such key.${nearest === null ? ` Allowed is ${allowed}.` : hint}`;
}
