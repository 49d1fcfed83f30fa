/** Prompts that a run was not trained on: the demo's own, or the rows that were held back for validation. */
import { existsSync } from 'node:fs';
import type { HeldOutPrompt } from '../../src-shared/contract/chat-procedures.ts';
import { type Outcome, ok } from '../../src-shared/contract/coded-error.ts';
import type { ProcedureOutput } from '../../src-shared/contract/procedures.ts';
import type { Recipe } from '../../src-shared/recipe/schema.ts';
import type { BackendParts } from './backend-parts.ts';
import { heldOutConversations, loadDemoRecipe } from './demo.ts';
import { findRun } from './find-run.ts';
import { preparedPathOf } from './prepared-path.ts';

/** Errors: `run.notFound`, those of the data. */
export async function heldOutOfRun(
  parts: BackendParts,
  { id, count, prepare }: { readonly id: string; readonly count: number; readonly prepare: boolean },
  signal: AbortSignal,
): Promise<Outcome<ProcedureOutput<'chat.heldOut'>>> {
  const found = findRun(parts, id);
  if (!found.ok) return found;
  const { run, recipe } = found.value;
  if (isOfDemo(parts, recipe)) {
    const all = heldOutConversations(parts).map(({ prompt, expected }) => ({
      row: null,
      messages: prompt.map(({ role, content }) => ({ role: role as 'user', content: content ?? '' })),
      expected,
    }));
    return ok({ source: 'demo', prompts: all.slice(0, count), total: all.length });
  }
  if (recipe.dataset.validation === 'none') return ok({ source: 'none', prompts: [], total: 0 });
  let preparedPath = preparedPathOf(parts.home, run.hashes.preparedDataset);
  if (!existsSync(preparedPath)) {
    if (!prepare) return ok({ source: 'unprepared', prompts: [], total: 0 });
    const prepared = await parts.workers.preparer.prepare(recipe, { signal });
    if (!prepared.ok) return prepared;
    preparedPath = prepared.value.preparedPath;
  }
  const question = { kind: 'heldOut', recipe, preparedPath, count } as const;
  const rows = await parts.workers.explorer.ask<{ prompts: HeldOutPrompt[]; total: number }>(
    question,
    signal,
  );
  if (!rows.ok) return rows;
  const { prompts, total } = rows.value;
  return ok({ source: prompts.length === 0 ? 'none' : 'validation', prompts, total });
}

function isOfDemo(parts: BackendParts, recipe: Recipe): boolean {
  const demo = loadDemoRecipe(parts);
  return demo.ok && String(demo.value.dataset.path) === String(recipe.dataset.path);
}
