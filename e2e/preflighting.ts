/** Runs preflight in this process, with the real vocabularies, templates and files. */
import { join } from 'node:path';
import { changeRecipe } from '../src-main/pipeline/preflight/change-recipe.ts';
import { prepareDataset } from '../src-main/processes/preparer/prepare-dataset.ts';
import { orThrow } from '../src-shared/contract/coded-error.ts';
import type { Check, PreflightReport } from '../src-shared/domain/preflight.ts';
import { parseRecipe } from '../src-shared/recipe/faults.ts';
import type { Recipe, RecipeInput } from '../src-shared/recipe/schema.ts';
import { quietContext } from './job-context.ts';
import type { createWorkspace } from './luthier-process.ts';

/** 2026-01-02, for templates that print a date. */
const NOW = Date.UTC(2026, 0, 2) / 1000;

type Workspace = ReturnType<typeof createWorkspace>;

/** Everything but the model and the data may be left out. */
export type RecipeKeys = Partial<Omit<RecipeInput, 'version' | 'model' | 'dataset'>> & {
  readonly model: string;
  readonly dataset?: Partial<RecipeInput['dataset']>;
};

let files = 0;

/** A recipe over rows that are written to a file of their own. */
export function recipeOver(
  workspace: Workspace,
  rows: readonly unknown[],
  { model, dataset, ...keys }: RecipeKeys,
): Recipe {
  const text = rows.map(row => (typeof row === 'string' ? row : JSON.stringify(row))).join('\n');
  const parsed = parseRecipe({
    version: 1,
    model: { path: model },
    dataset: { path: workspace.write(`rows-${files++}.jsonl`, `${text}\n`), validation: 'none', ...dataset },
    ...keys,
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  return parsed.recipe;
}

export async function preflight(workspace: Workspace, recipe: Recipe): Promise<PreflightReport> {
  const prepared = await prepareDataset(
    { kind: 'prepare', recipe, cacheDirectory: join(workspace.directory, 'cache'), now: NOW },
    quietContext,
  );
  return orThrow(prepared).report;
}

/** Throws where the change does not give a valid recipe. */
export function applied(recipe: Recipe, set: Readonly<Record<string, unknown>>): Recipe {
  const changed = changeRecipe(recipe, set);
  if (changed === null) throw new Error(`No valid recipe: ${JSON.stringify(set)}`);
  return changed;
}

export function checkOf({ checks }: PreflightReport, id: string): Check {
  const found = checks.find(check => check.id === id);
  if (!found) throw new Error(`There is no check ${id}.`);
  return found;
}

export const chat = (...turns: readonly (readonly [role: string, content: string | null])[]) => ({
  messages: turns.map(([role, content]) => ({ role, content })),
});

/** `count` different short chats. */
export function chats(count: number) {
  return Array.from({ length: count }, (_, i) =>
    chat(['user', `What is ${i} and ${i}?`], ['assistant', `It is ${2 * i}.`]),
  );
}
