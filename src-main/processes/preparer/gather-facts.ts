/** What the checks look at besides the counts: the template tried on its vocabulary, and where a marker nearly is. */
import type { Row } from '../../../src-shared/domain/conversation.ts';
import type { RenderedText } from '../../../src-shared/domain/template.ts';
import type { Recipe } from '../../../src-shared/recipe/schema.ts';
import { loadAddon } from '../../adapters/native/addon.ts';
import type { RowFormat } from '../../pipeline/import/import-options.ts';
import { missingMarker } from '../../pipeline/label/find-markers.ts';
import { maskDialogue } from '../../pipeline/label/label-conversation.ts';
import type { MaskingOptions } from '../../pipeline/label/labelled.ts';
import { joinPair } from '../../pipeline/label-row.ts';
import type { DatasetCounts } from '../../pipeline/preflight/count-dataset.ts';
import { describeTemplate, type TemplateFacts } from '../../pipeline/preflight/describe-template.ts';
import { nearestText } from '../../pipeline/preflight/nearest-text.ts';
import type { DataFacts, MissingMarker } from '../../pipeline/preflight/preflight-facts.ts';
import { type ChatTemplate, probeTemplate } from '../../pipeline/render/chat-template.ts';
import { compileTemplate } from './native-labelling.ts';
import type { Labeller } from './open-labeller.ts';
import { dataPaths, readRows } from './read-rows.ts';

/** A recipe with what was opened for it. */
export interface OpenedRecipe {
  readonly recipe: Recipe;
  readonly format: RowFormat;
  readonly labeller: Omit<Labeller, 'dispose'>;
}

/** The machine's side of a preparation. */
export interface Surroundings {
  readonly nativeDirectory: string;
  /** Seconds since 1970, for templates that print a date. */
  readonly now: number;
}

export async function gatherFacts(
  opened: OpenedRecipe,
  counts: DatasetCounts,
  trainingExamples: number,
  surroundings: Surroundings,
): Promise<DataFacts> {
  const { recipe, format, labeller } = opened;
  return {
    recipe,
    format,
    counts,
    trainingExamples,
    model: labeller.model.info,
    expectsBos: labeller.options.expectsBos,
    template: templateFacts(opened, surroundings),
    missingMarker: await findMissingMarker(opened, counts),
  };
}

function templateFacts({ recipe, labeller }: OpenedRecipe, surroundings: Surroundings): TemplateFacts | null {
  const { template, context, tokenizer } = labeller.options;
  if (template === null) return null;
  const source = labeller.model.info.chatTemplate;
  const isOwn = recipe.template.source === 'model' || source === template.source;
  const own = isOwn || source === null ? null : tryCompile(source, labeller, surroundings);
  return describeTemplate(template, own, isOwn, context, tokenizer);
}

/** Null for a template that does not compile. */
export function tryCompile(
  source: string,
  { options }: OpenedRecipe['labeller'],
  { nativeDirectory, now }: Surroundings,
): ChatTemplate | null {
  const addon = loadAddon(nativeDirectory);
  const compiled = addon.ok ? compileTemplate(addon.value, source, now) : addon;
  return compiled.ok ? probeTemplate(compiled.value, options.context) : null;
}

async function findMissingMarker(opened: OpenedRecipe, counts: DatasetCounts): Promise<MissingMarker | null> {
  const { options } = opened.labeller;
  const wanted = counts.findings.get('labels.markerMissing')?.rows[0];
  if (wanted === undefined || options.masking !== 'markers') return null;
  const [row] = await rowsOf(opened, new Set([wanted]));
  const rendered = row && renderedText(row, options);
  const marker = rendered && missingMarker(rendered.text, rendered.contentSpans, options.markers);
  return marker ? { marker, row: wanted, nearest: nearestText(rendered.text, marker) } : null;
}

/** The text that markers are looked for in; null where the row has none. */
export function renderedText(row: Row, options: MaskingOptions): RenderedText | null {
  switch (row.kind) {
    case 'text':
      return { text: row.text, spans: [], method: 'none', contentSpans: [] };
    case 'pair':
      return { text: row.prompt + row.completion, spans: [], method: 'none', contentSpans: [] };
    case 'conversation':
    case 'message-pair': {
      if (!options.template) return null;
      const dialogue =
        row.kind === 'message-pair' ? joinPair(row) : { conversation: row.conversation, promptLength: null };
      const masked = maskDialogue(dialogue, options);
      return masked.ok ? masked.value.rendered : null;
    }
    default:
      return null;
  }
}

/** The wanted rows of the data, imported; reading ends with the last of them. */
export async function rowsOf(
  { recipe, format }: Pick<OpenedRecipe, 'recipe' | 'format'>,
  wanted: ReadonlySet<number>,
): Promise<Row[]> {
  const rows: Row[] = [];
  if (wanted.size === 0) return rows;
  for await (const row of readRows(dataPaths(recipe), format, recipe, Math.max(...wanted) + 1)) {
    if (wanted.has(row.row)) rows.push(row);
  }
  return rows;
}
