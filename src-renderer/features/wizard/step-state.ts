/** What each step says of itself: done, needs you, warns or blocks, and its answer in a few words. */
import type { PreflightReport } from '../../../src-shared/domain/preflight.ts';
import type { RecipeFault } from '../../../src-shared/recipe/faults.ts';
import { type DraftRecipe, valueAt } from '../../draft/recipe-values.ts';
import { formatCount } from '../../format/numbers.ts';
import { type StepName, wizardStrings as strings } from '../../strings/wizard.ts';

export type StepStatus = 'open' | 'done' | 'needs' | 'warn' | 'blocked';

export interface StepState {
  readonly status: StepStatus;
  readonly value: string;
}

export interface WhatIsKnown {
  readonly recipe: DraftRecipe;
  readonly faults: readonly RecipeFault[];
  readonly model: { readonly name: string; readonly untrainable: boolean } | null;
  readonly data: { readonly conversations: number; readonly problems: number } | null;
  readonly report: PreflightReport | null;
  readonly isChecking: boolean;
  /** The backend could not read the model, or the data. */
  readonly failed: { readonly model: boolean; readonly data: boolean; readonly prepare: boolean };
}

const SECTIONS: Readonly<Record<StepName, readonly string[]>> = {
  model: ['model.'],
  data: ['dataset.'],
  template: ['template.'],
  masking: ['masking.'],
  collator: ['collator.'],
  training: ['training.', 'adapter.', 'device.'],
  preflight: ['preflight.'],
  run: ['name', 'output.'],
};

/** The step that holds the field of a recipe key. */
export function stepOfKey(key: string): StepName {
  const found = (Object.keys(SECTIONS) as StepName[]).find(step =>
    SECTIONS[step].some(prefix => `${key}.`.startsWith(prefix)),
  );
  return found ?? 'preflight';
}

/** The step where the cause of an error can be mended, by the beginning of its code; null where that is none. */
export function stepOfError(code: string): StepName | null {
  const [area] = code.split('.');
  return area === 'model' || area === 'data' || area === 'template' ? area : null;
}

export function stepState(step: StepName, known: WhatIsKnown): StepState {
  const own = known.faults.filter(fault => stepOfKey(fault.path) === step);
  const text = (key: string) => String(valueAt(known.recipe, key) ?? '');
  const names = strings.steps;
  switch (step) {
    case 'model': {
      if (text('model.path') === '') return { status: 'needs', value: names.chooseModel };
      const value = known.model?.name ?? fileName(text('model.path'));
      if (known.failed.model || known.model?.untrainable) return { status: 'blocked', value };
      return { status: 'done', value };
    }
    case 'data': {
      const path = valueAt(known.recipe, 'dataset.path');
      if (path === '') return { status: 'needs', value: names.chooseData };
      if (known.failed.data || own.length > 0)
        return { status: 'blocked', value: fileName(text('dataset.path')) };
      if (!known.data) return { status: 'open', value: names.reading };
      const { conversations, problems } = known.data;
      const value = names.conversations(formatCount(conversations));
      if (conversations === 0) return { status: 'blocked', value };
      return { status: problems > 0 ? 'warn' : 'done', value };
    }
    case 'preflight':
      return preflightState(known);
    case 'run': {
      const { report, failed } = known;
      if (report?.status === 'ready' && !failed.prepare && known.faults.length === 0)
        return { status: 'done', value: names.ready };
      return { status: 'open', value: '' };
    }
    default:
      return own.length > 0
        ? { status: 'blocked', value: names.faults(own.length) }
        : { status: 'done', value: settingOf(step, text) };
  }
}

function preflightState({ report, isChecking, failed, faults }: WhatIsKnown): StepState {
  const names = strings.steps;
  if (faults.length > 0) return { status: 'open', value: '' };
  if (failed.prepare) return { status: 'blocked', value: names.cannotCheck };
  if (isChecking && !report) return { status: 'open', value: names.checking };
  if (!report) return { status: 'open', value: '' };
  const count = (severity: string) => report.checks.filter(check => check.severity === severity).length;
  if (report.status === 'blocked') return { status: 'blocked', value: names.blocks(count('error')) };
  const warnings = count('warning');
  return warnings > 0
    ? { status: 'warn', value: names.warns(warnings) }
    : { status: 'done', value: names.passes };
}

function settingOf(step: StepName, text: (key: string) => string): string {
  const names = strings.steps;
  switch (step) {
    case 'template': {
      const source = text('template.source');
      if (source === 'preset') return text('template.preset');
      return source === 'file' ? fileName(text('template.path')) : names.fromModel;
    }
    case 'masking':
      return strings.masking.names[text('masking.strategy')] ?? '';
    case 'collator':
      return names.collator(text('collator.strategy'), text('collator.maxLength'));
    default: {
      const steps = text('training.maxSteps');
      return steps === '' ? names.epochs(text('training.epochs')) : names.maxSteps(steps);
    }
  }
}

/** Of a path in either system's way of writing. */
export function fileName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}
