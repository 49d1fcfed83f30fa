/** What stays open between two questions: one model's vocabulary, its labellers, one data set, one prepared file. */
import { statSync } from 'node:fs';
import { type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { Row } from '../../../src-shared/domain/conversation.ts';
import type { Recipe } from '../../../src-shared/recipe/schema.ts';
import { fromNative, loadAddon, type NativeModel } from '../../adapters/native/addon.ts';
import { PreparedDataset } from '../../adapters/prepared/prepared-reader.ts';
import type { RowFormat } from '../../pipeline/import/import-options.ts';
import { type ExplainedRow, explainRow } from '../../pipeline/label/explain-row.ts';
import type { LabelOptions } from '../../pipeline/label-row.ts';
import { createLabeller, type Labeller } from '../preparer/open-labeller.ts';
import { DataPages } from './data-pages.ts';
import type { QuestionContext } from './serve-questions.ts';

type OpenLabeller = Omit<Labeller, 'dispose'>;

/** Labellers that differ in template or masking share the model; more are not needed at once. */
const KEPT_LABELLERS = 16;

export class ExplorerSession {
  #model: { readonly key: string; readonly native: NativeModel } | null = null;
  readonly #labellers = new Map<string, OpenLabeller>();
  #data: { readonly key: string; readonly pages: DataPages } | null = null;
  #explained: {
    readonly row: Row;
    readonly options: LabelOptions;
    readonly part: number;
    readonly value: ExplainedRow;
  } | null = null;
  #prepared: { readonly path: string; readonly dataset: PreparedDataset } | null = null;

  /** The same row is asked for again with each further page of its tokens. */
  explained(row: Row, options: LabelOptions, part: number, contextLength: number): ExplainedRow {
    const last = this.#explained;
    if (last?.row === row && last.options === options && last.part === part) return last.value;
    const value = explainRow(row, options, part, contextLength);
    this.#explained = { row, options, part, value };
    return value;
  }

  /** Errors: `openLabeller`'s for the model. */
  async model(path: string, { nativeDirectory }: QuestionContext): Promise<Outcome<NativeModel>> {
    const key = fileKey(path);
    if (this.#model?.key === key) return ok(this.#model.native);
    const addon = loadAddon(nativeDirectory);
    if (!addon.ok) return addon;
    const opened = fromNative(await addon.value.Model.open(path, { vocabularyOnly: true }));
    if (!opened.ok) return opened;
    this.#model?.native.dispose();
    this.#labellers.clear();
    this.#model = { key, native: opened.value };
    return opened;
  }

  /** `source`: a template in place of the one that the recipe names. Errors: those of `openLabeller`. */
  async labeller(
    recipe: Recipe,
    context: QuestionContext,
    source: string | null = null,
  ): Promise<Outcome<OpenLabeller>> {
    const model = await this.model(recipe.model.path, context);
    if (!model.ok) return model;
    const data = await this.data(recipe.dataset, context.signal);
    if (!data.ok) return data;
    return this.#labellerFor(recipe, model.value, data.value.format, context, source);
  }

  /** For a conversation that stands in no data file. Errors: those of `openLabeller`. */
  async chatLabeller(recipe: Recipe, context: QuestionContext): Promise<Outcome<OpenLabeller>> {
    const model = await this.model(recipe.model.path, context);
    return model.ok ? this.#labellerFor(recipe, model.value, 'messages', context, null) : model;
  }

  #labellerFor(
    recipe: Recipe,
    model: NativeModel,
    format: RowFormat,
    context: QuestionContext,
    source: string | null,
  ): Outcome<OpenLabeller> {
    const { template, masking, collator } = recipe;
    const templateFile = template.source === 'file' && template.path !== null ? fileKey(template.path) : '';
    const key = JSON.stringify([template, templateFile, masking, collator, format, source]);
    const known = this.#labellers.get(key);
    if (known) return ok(known);
    const addon = loadAddon(context.nativeDirectory);
    if (!addon.ok) return addon;
    const now = template.date === null ? context.now : Date.parse(template.date) / 1000;
    const made = createLabeller(addon.value, model, recipe, format, now, source);
    if (!made.ok) return made;
    for (const oldest of [...this.#labellers.keys()].slice(0, -KEPT_LABELLERS))
      this.#labellers.delete(oldest);
    this.#labellers.set(key, made.value);
    return made;
  }

  /** Errors: those of `planFile`. */
  async data(dataset: Recipe['dataset'], signal: AbortSignal): Promise<Outcome<DataPages>> {
    const paths = typeof dataset.path === 'string' ? [dataset.path] : dataset.path;
    const { format, columns, roles, systemPrompt, systemRole, limit } = dataset;
    const keys = { format, columns, roles, systemPrompt, systemRole };
    const key = JSON.stringify([paths.map(fileKey), keys, limit]);
    if (this.#data?.key === key) return ok(this.#data.pages);
    const pages = await DataPages.open(paths, keys, limit, signal);
    if (pages.ok && !signal.aborted) this.#data = { key, pages: pages.value };
    return pages;
  }

  /** Errors: `prepared.notFound`, `prepared.damaged`. */
  prepared(path: string): Outcome<PreparedDataset> {
    if (this.#prepared?.path === path) return ok(this.#prepared.dataset);
    const opened = PreparedDataset.open(path);
    if (!opened.ok) return opened;
    this.#prepared?.dataset.close();
    this.#prepared = { path, dataset: opened.value };
    return opened;
  }
}

/** Another size or time of change is another file. */
function fileKey(path: string): string {
  try {
    const { size, mtimeMs, ino } = statSync(path);
    return [path, size, mtimeMs, ino].join('|');
  } catch {
    return path;
  }
}
