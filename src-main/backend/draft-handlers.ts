/** The wizard's procedures: a recipe that is being written, and views of what it would train. */
import { basename } from 'node:path';
import { fail, type Outcome, ok } from '../../src-shared/contract/coded-error.ts';
import type { DRAFT_PROCEDURES } from '../../src-shared/contract/draft-procedures.ts';
import type { ProcedureInput, ProcedureOutput } from '../../src-shared/contract/procedures.ts';
import { datasetSchema, type Recipe } from '../../src-shared/recipe/schema.ts';
import type { BackendParts } from './backend-parts.ts';
import { listFiles } from './list-files.ts';
import { listModels } from './list-models.ts';
import { preparedPathOf } from './prepared-path.ts';
import { openRecipe, saveRecipe, saveTemplate } from './recipe-documents.ts';

type DraftName = keyof typeof DRAFT_PROCEDURES;
type DraftHandlers = {
  readonly [N in DraftName]: (
    input: ProcedureInput<N>,
    signal: AbortSignal,
  ) => Promise<Outcome<ProcedureOutput<N>>> | Outcome<ProcedureOutput<N>>;
};

export function createDraftHandlers(parts: BackendParts): DraftHandlers {
  const { explorer, preparer } = parts.workers;
  const preparedPath = (id: string) => preparedPathOf(parts.home, id);

  /** Checks the draft first: nothing is asked with half a recipe. */
  async function withRecipe<T>(
    draft: unknown,
    use: (recipe: Recipe) => Promise<Outcome<T>>,
  ): Promise<Outcome<T>> {
    const recipe = parts.checkRecipe(draft);
    return recipe.ok ? use(recipe.value) : recipe;
  }

  async function withDataset<T>(
    draft: unknown,
    use: (dataset: Recipe['dataset']) => Promise<Outcome<T>>,
  ): Promise<Outcome<T>> {
    const parsed = datasetSchema.safeParse(draft);
    if (parsed.success) return use(parsed.data);
    return fail({
      code: 'recipe.invalid',
      title: 'The data settings have a fault.',
      cause: parsed.error.issues.map(issue => `dataset.${issue.path.join('.')}: ${issue.message}`).join('\n'),
      remedy: 'Mend each of the keys named.',
    });
  }

  return {
    'recipe.open': source => openRecipe(parts, source),
    'draft.show': () => ok(parts.draftFile.read(parts.home)),
    'draft.keep': ({ draft, windowId }) => {
      try {
        const revision = parts.draftFile.keep(parts.home, draft, windowId);
        parts.events.publishDraft({ windowId, revision });
        return ok({ revision });
      } catch (error) {
        return fail({
          code: 'draft.notWritten',
          title: 'The draft cannot be kept in the data folder.',
          cause: error instanceof Error ? error.message : String(error),
          remedy: 'Free space on its disk, or check the rights on it. Until then this browser keeps it.',
        });
      }
    },
    'recipe.save': ({ recipe, path, overwrite, fromRun }) =>
      saveRecipe(parts, recipe, path, overwrite, fromRun),
    'recipe.yaml': ({ recipe }) => withRecipe(recipe, async whole => ok({ yaml: parts.recipeToYaml(whole) })),
    'files.list': ({ directory, extensions }) => listFiles(parts.browseRoot, directory, extensions),
    'models.list': async (_input, signal) =>
      ok({ models: await listModels(parts.models, preparer, [], { signal }) }),
    'models.describe': ({ path }, signal) => explorer.ask({ kind: 'describeModel', path }, signal),
    'data.inspect': (input, signal) =>
      withDataset(input.dataset, async dataset => {
        const paths = typeof dataset.path === 'string' ? [dataset.path] : dataset.path;
        const inspected = await preparer.inspect(paths, { signal }, dataset);
        if (!inspected.ok) return inspected;
        const { sample: _sample, files, columns, problems, warnings, ...rest } = inspected.value;
        return ok({
          ...rest,
          files: [...files],
          columns: [...columns],
          problems: [...problems],
          warnings: [...warnings],
        });
      }),
    'data.rows': ({ dataset: draft, from, count }, signal) =>
      withDataset(draft, dataset => explorer.ask({ kind: 'rows', dataset, from, count }, signal)),
    'draft.prepare': ({ recipe, workId }, signal) =>
      withRecipe(recipe, async whole => {
        const onProgress = parts.events.throttledProgress(workId);
        const prepared = await preparer.prepare(whole, { signal, onProgress });
        if (!prepared.ok) return prepared;
        const { report, vocabularyOnly } = prepared.value;
        return ok({ preparedId: basename(prepared.value.preparedPath, '.luthdata'), report, vocabularyOnly });
      }),
    'labels.example': ({ recipe, ...rest }, signal) =>
      withRecipe(recipe, whole => explorer.ask({ kind: 'example', recipe: whole, ...rest }, signal)),
    'labels.compare': ({ recipe, rows }, signal) =>
      withRecipe(recipe, whole => explorer.ask({ kind: 'compare', recipe: whole, rows }, signal)),
    'labels.markers': ({ recipe }, signal) =>
      withRecipe(recipe, whole => explorer.ask({ kind: 'markers', recipe: whole }, signal)),
    'labels.find': ({ recipe, preparedId, ...rest }, signal) =>
      withRecipe(recipe, whole => {
        const path = preparedId === null ? null : preparedPath(preparedId);
        return explorer.ask({ kind: 'find', recipe: whole, preparedPath: path, ...rest }, signal);
      }),
    'labels.map': ({ preparedId, bars }, signal) =>
      explorer.ask({ kind: 'map', preparedPath: preparedPath(preparedId), bars }, signal),
    'template.render': ({ recipe, source, row }, signal) =>
      withRecipe(recipe, whole => explorer.ask({ kind: 'render', recipe: whole, source, row }, signal)),
    'template.sources': ({ recipe }, signal) =>
      withRecipe(recipe, whole => explorer.ask({ kind: 'sources', recipe: whole }, signal)),
    'template.save': ({ name, source }) => saveTemplate(parts, name, source),
    'batches.ofRow': ({ recipe, preparedId, row }, signal) =>
      withRecipe(recipe, whole => {
        const question = { kind: 'batchOfRow', recipe: whole, row } as const;
        return explorer.ask({ ...question, preparedPath: preparedPath(preparedId) }, signal);
      }),
    'batches.page': ({ recipe, preparedId, fromStep, count }, signal) =>
      withRecipe(recipe, whole => {
        const question = { kind: 'batches', recipe: whole, fromStep, count } as const;
        return explorer.ask({ ...question, preparedPath: preparedPath(preparedId) }, signal);
      }),
  };
}
