/** What all steps share: the draft, what is known of its model and data, and the row that is looked at. */
import { createContext, useCallback, useContext, useMemo, useState } from 'react';
import type { DataInspection, ModelFacts } from '../../../src-shared/domain/inspection.ts';
import type { Fix, PreflightTotals } from '../../../src-shared/domain/preflight.ts';
import { type Answer, useAnswer } from '../../backend-client/use-answer.ts';
import { valueAt } from '../../draft/recipe-values.ts';
import { type Draft, useDraft } from '../../draft/use-draft.tsx';
import { STEPS, type StepName } from '../../strings/wizard.ts';
import type { WantedFinding } from './inspector-slot.ts';
import { type StepState, stepState } from './step-state.ts';
import { type Preparation, usePreparation } from './use-preparation.ts';

export interface Wizard {
  readonly draft: Draft;
  readonly facts: Answer<ModelFacts>;
  readonly inspection: Answer<DataInspection>;
  readonly preparation: Preparation;
  readonly states: Readonly<Record<StepName, StepState>>;
  readonly step: StepName;
  readonly row: number;
  /** A template that is being edited and is not in the recipe yet. */
  readonly edit: string | null;
  /** The fix that was applied last, with the totals before it. */
  readonly lastFix: { readonly label: string; readonly before: PreflightTotals } | null;
  /** The finding that the inspector has yet to lead to. */
  readonly wanted: WantedFinding | null;
  /** Counts how often the files were read anew. */
  readonly readings: number;
  setRow(row: number): void;
  /** Reads model and data from the disk once more, and checks them: they may have been mended there. */
  readAgain(): void;
  /** Opens the row in the inspector, at the token that the check speaks of. */
  showFinding(finding: WantedFinding): void;
  onFindingShown(): void;
  setEdit(edit: string | null): void;
  applyFix(fix: Fix): void;
  go(step: StepName): void;
}

const WizardContext = createContext<Wizard | null>(null);

export const WizardProvider = WizardContext.Provider;

export function useWizard(): Wizard {
  const wizard = useContext(WizardContext);
  if (!wizard) throw new Error('useWizard needs a WizardProvider above it.');
  return wizard;
}

/** Of larger data, rows are not all labelled again with every change: only where batches and checks need them. */
const MANY_ROWS = 100_000;
/** While a path is typed, files are asked for after a pause. */
const TYPING_MS = 300;

export function useWizardState(
  step: StepName,
  go: (step: StepName) => void,
  row: number,
  setRow: (row: number) => void,
): Omit<Wizard, 'edit' | 'setEdit' | 'lastFix' | 'applyFix' | 'wanted' | 'showFinding' | 'onFindingShown'> {
  const draft = useDraft();
  const { recipe, whole, faults } = draft;
  const modelPath = valueAt(recipe, 'model.path');
  const facts = useAnswer(
    'models.describe',
    typeof modelPath === 'string' && modelPath !== '' ? { path: modelPath } : null,
    TYPING_MS,
  );
  const inspection = useAnswer('data.inspect', inspectionInput(recipe), TYPING_MS);
  const rows = inspection.value?.rows ?? 0;
  const isWanted = STEPS.indexOf(step) >= STEPS.indexOf(rows > MANY_ROWS ? 'collator' : 'template');
  const preparation = usePreparation(whole, isWanted);
  const [readings, setReadings] = useState(0);
  const readAgain = useCallback(() => {
    setReadings(count => count + 1);
    facts.again();
    inspection.again();
    preparation.again();
  }, [facts.again, inspection.again, preparation.again]);
  const states = useMemo(() => {
    const known = {
      recipe,
      faults,
      model: facts.value && { name: facts.value.name, untrainable: facts.value.untrainableReason !== null },
      data: inspection.value && {
        conversations: inspection.value.conversations,
        problems: inspection.value.problemCount,
      },
      report: preparation.prepared?.report ?? null,
      isChecking: preparation.isPending,
      failed: {
        model: facts.error !== null,
        data: inspection.error !== null,
        prepare: preparation.error !== null,
      },
    };
    return Object.fromEntries(STEPS.map(name => [name, stepState(name, known)])) as Record<
      StepName,
      StepState
    >;
  }, [recipe, faults, facts, inspection, preparation]);
  return { draft, facts, inspection, preparation, states, step, row, readings, setRow, readAgain, go };
}

/** Only the keys that change how rows are read, so that a change of the split does not read them again. */
function inspectionInput(recipe: Draft['recipe']): { dataset: Record<string, unknown> } | null {
  const path = valueAt(recipe, 'dataset.path');
  if (path === '' || (Array.isArray(path) && path.length === 0)) return null;
  const keys = ['format', 'columns', 'roles', 'systemPrompt', 'systemRole'];
  return {
    dataset: { path, ...Object.fromEntries(keys.map(key => [key, valueAt(recipe, `dataset.${key}`)])) },
  };
}

/** The dataset section as `data.rows` wants it. */
export function rowsInput(recipe: Draft['recipe']): Record<string, unknown> | null {
  const input = inspectionInput(recipe);
  const limit = valueAt(recipe, 'dataset.limit');
  return input && { ...input.dataset, limit: typeof limit === 'number' ? limit : null };
}
