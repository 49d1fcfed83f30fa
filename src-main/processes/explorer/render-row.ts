/** A row through the draft's template, or through a source that is being edited. */
import { fail, type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { Recipe } from '../../../src-shared/recipe/schema.ts';
import type { Question } from '../../pipeline/questions.ts';
import { templateSource } from '../preparer/open-labeller.ts';
import { renderImported } from '../preparer/render-one.ts';
import type { RenderResult } from '../protocol.ts';
import type { ExplorerSession } from './explorer-session.ts';
import type { QuestionContext } from './serve-questions.ts';
import { noRow } from './show-example.ts';

export async function renderRow(
  session: ExplorerSession,
  { recipe, source, row }: Extract<Question, { kind: 'render' }>,
  context: QuestionContext,
): Promise<Outcome<RenderResult>> {
  const data = await session.data(recipe.dataset, context.signal);
  if (!data.ok) return data;
  const labeller = await session.labeller(recipe, context, source);
  if (!labeller.ok) return labeller;
  const paged = await data.value.row(row);
  return paged ? renderImported(paged.row, labeller.value.options) : fail(noRow(row));
}

/** Null where there is none: a model without a template, a file that cannot be read. */
export async function templateSources(
  session: ExplorerSession,
  recipe: Recipe,
  context: QuestionContext,
): Promise<Outcome<{ source: string | null; modelSource: string | null }>> {
  const model = await session.model(recipe.model.path, context);
  if (!model.ok) return model;
  const used = templateSource(recipe, model.value);
  return ok({ source: used.ok ? used.value : null, modelSource: model.value.info.chatTemplate });
}
