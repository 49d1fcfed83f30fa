/** Defaults that follow model and data: set together with the choice, so that one undo takes all back. */
import type { DataInspection, ModelFacts } from '../../../src-shared/domain/inspection.ts';
import { type DraftRecipe, valueAt } from '../../draft/recipe-values.ts';
import { fileName } from './step-state.ts';

type Values = Record<string, unknown>;

/** No longer than the model's context, only matrices that it has, and a preset where it has no template. */
export function valuesForModel(facts: ModelFacts, recipe: DraftRecipe): Values {
  const values: Values = {};
  const maxLength = valueAt(recipe, 'collator.maxLength');
  if (typeof maxLength === 'number' && facts.contextLength > 1 && maxLength > facts.contextLength)
    values['collator.maxLength'] = facts.contextLength;
  const targets = valueAt(recipe, 'adapter.targetModules');
  if (Array.isArray(targets) && facts.targetModules.length > 0) {
    const known = targets.filter(name => facts.targetModules.includes(String(name)));
    if (known.length < targets.length)
      values['adapter.targetModules'] = known.length > 0 ? known : facts.targetModules;
  }
  if (!facts.hasTemplate && valueAt(recipe, 'template.source') === 'model') {
    values['template.source'] = 'preset';
    values['template.preset'] = 'chatml';
  }
  return values;
}

/** A few rows make few updates: they are put into smaller steps, and the warm-up never takes over half of a run. */
export function valuesForData(inspection: DataInspection, recipe: DraftRecipe): Values {
  const values: Values = {};
  const rows = inspection.conversations;
  const batch = numberAt(recipe, 'training.batchSize', 2);
  const epochs = numberAt(recipe, 'training.epochs', 3);
  const wanted = rows >= 500 ? 16 : rows >= 120 ? 8 : rows >= 40 ? 4 : batch;
  const accumulation = Math.max(1, Math.floor(wanted / batch));
  if (accumulation < numberAt(recipe, 'training.gradientAccumulationSteps', 8))
    values['training.gradientAccumulationSteps'] = accumulation;
  const steps = Math.ceil(rows / (batch * accumulation)) * epochs;
  if (rows > 0 && numberAt(recipe, 'training.warmupSteps', 10) > steps / 5)
    values['training.warmupSteps'] = Math.max(1, Math.floor(steps / 10));
  return values;
}

/** `/data/support.train.jsonl` → "support.train". */
export function nameForData(path: string): string {
  return fileName(path).replace(/(\.(jsonl?|csv|tsv|parquet|txt))?(\.gz)?$/i, '') || 'untitled';
}

function numberAt(recipe: DraftRecipe, key: string, otherwise: number): number {
  const value = valueAt(recipe, key);
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : otherwise;
}
