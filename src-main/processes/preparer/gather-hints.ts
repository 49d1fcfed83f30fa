/** Looks up what proposals need: rows as they stand, markers that fit, templates whose words the model knows. */
import type { RenderedText } from '../../../src-shared/domain/template.ts';
import type { Recipe } from '../../../src-shared/recipe/schema.ts';
import { PRESETS } from '../../../src-shared/templates/presets.ts';
import { type Markers, proposeMarkers } from '../../pipeline/label/find-markers.ts';
import { describeTemplate } from '../../pipeline/preflight/describe-template.ts';
import { plainTurns } from '../../pipeline/preflight/plain-turns.ts';
import type { DataFacts, Verdict } from '../../pipeline/preflight/preflight-facts.ts';
import type { Hints } from '../../pipeline/preflight/propose-changes.ts';
import { type OpenedRecipe, renderedText, rowsOf, type Surroundings, tryCompile } from './gather-facts.ts';
import { dataPaths, detectRecipeFormat, readValues } from './read-rows.ts';

const RAW_ROWS = 100;
const RENDERED_ROWS = 50;
/** Trying each costs a labelling of many rows. */
const PROPOSED_PRESETS = 2;

export async function gatherHints(
  opened: OpenedRecipe,
  facts: DataFacts,
  verdicts: readonly Verdict[],
  surroundings: Surroundings,
): Promise<Hints> {
  const firing = new Set(
    verdicts.filter(({ severity }) => severity === 'error' || severity === 'warning').map(({ id }) => id),
  );
  const { invalid, noAssistant } = facts.counts.dropped;
  const unread = new Set([...invalid.rows, ...noAssistant.rows].sort((a, b) => a - b).slice(0, RAW_ROWS));
  const wantsTemplates = TEMPLATE_CHECKS.some(id => firing.has(id));
  return {
    rawRows: unread.size === 0 ? [] : await readValues(dataPaths(opened.recipe), opened.recipe, unread),
    detectedFormat: invalid.count === 0 ? null : await detectedFormat(opened.recipe),
    markers: wantsTemplates ? await fittingMarkers(opened) : null,
    hasOwnTemplate: opened.labeller.model.info.chatTemplate !== null,
    presets: wantsTemplates ? fittingPresets(opened, surroundings) : [],
  };
}

const TEMPLATE_CHECKS = [
  'labels.none',
  'labels.rowEmpty',
  'labels.noSpans',
  'labels.markerMissing',
  'labels.contentLost',
  'labels.onlyTerminator',
  'template.mismatch',
  'template.refused',
  'tokens.endNotTrained',
  'tokens.doubleBos',
  'tokens.headerTrained',
];

async function detectedFormat(recipe: Recipe) {
  if (recipe.dataset.format === 'auto') return null;
  try {
    return await detectRecipeFormat({ ...recipe, dataset: { ...recipe.dataset, format: 'auto' } });
  } catch {
    return null; // A file that is no dataset by itself has no format to offer.
  }
}

/** From the first rows whose answers can be placed; else from what the template prints around a plain answer. */
async function fittingMarkers(opened: OpenedRecipe): Promise<Markers | null> {
  const { template, context, endTexts } = opened.labeller.options;
  if (!template) return null;
  const wanted = new Set(Array.from({ length: RENDERED_ROWS }, (_, row) => row));
  const options = { ...opened.labeller.options, masking: 'assistant' } as const;
  const rendered: RenderedText[] = [];
  for (const row of await rowsOf(opened, wanted)) {
    const text = renderedText(row, options);
    if (text && text.spans.length > 0) rendered.push(text);
  }
  const plain = plainTurns(template, context);
  return proposeMarkers(rendered, endTexts) ?? (plain && proposeMarkers([plain], endTexts));
}

/** Those that print tokens of this vocabulary and no other control words, the ones with most tokens first. */
function fittingPresets({ recipe, labeller }: OpenedRecipe, surroundings: Surroundings): string[] {
  const { context, tokenizer } = labeller.options;
  const fitting = PRESETS.flatMap(({ name, source }) => {
    const template = tryCompile(source, labeller, surroundings);
    if (!template) return [];
    const facts = describeTemplate(template, null, false, context, tokenizer);
    const fits = facts.brokenTokens.length === 0 && facts.ownTokens > 0 && facts.unknownEnd === null;
    return fits ? [{ name, ownTokens: facts.ownTokens }] : [];
  });
  fitting.sort((a, b) => b.ownTokens - a.ownTokens);
  const isOwnLeft = labeller.model.info.chatTemplate !== null && recipe.template.source !== 'model';
  return fitting.slice(0, isOwnLeft ? 1 : PROPOSED_PRESETS).map(({ name }) => name);
}
