/** Which adapter of a run the next one begins with: that of its best evaluation, or that of its last step. */
import { useId, useState } from 'react';
import { bestEvaluation, type Evaluation } from '../../src-shared/domain/training.ts';
import { formatCount, formatLoss } from '../format/numbers.ts';
import { type AdapterChoice, familyStrings as strings } from '../strings/family.ts';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';

/** What a run left behind to go on with. */
export interface LeftAdapters {
  /** Null where the run left none. */
  readonly adapterPath: string | null;
  readonly bestAdapterPath: string | null;
  readonly evaluations: readonly Evaluation[];
  readonly stepsDone: number;
}

/** The best evaluation was before the last step, and its adapter is there. */
export function isBestAnother({ bestAdapterPath, evaluations, stepsDone }: LeftAdapters): boolean {
  const best = bestEvaluation(evaluations);
  return bestAdapterPath !== null && best !== null && best.step < stepsDone;
}

interface AdapterQuestionProps extends LeftAdapters {
  onCancel(): void;
  onChoose(choice: AdapterChoice): void;
}

export function AdapterQuestion({ evaluations, stepsDone, onCancel, onChoose }: AdapterQuestionProps) {
  const name = useId();
  const [choice, setChoice] = useState<AdapterChoice>('best');
  const best = bestEvaluation(evaluations);
  const last = evaluations.find(({ step }) => step === stepsDone);
  const words = {
    best: best === null ? '' : strings.bestAdapter(formatLoss(best.loss), formatCount(best.step)),
    last: strings.lastAdapter(last ? formatLoss(last.loss) : null, formatCount(stepsDone)),
  };
  return (
    <ConfirmDialog
      isOpen
      title={strings.continueTitle}
      confirm={strings.continueConfirm}
      cancel={strings.continueCancel}
      onCancel={onCancel}
      onConfirm={() => onChoose(choice)}
    >
      <fieldset className="stack choices">
        <legend className="sr-only">{strings.continueFrom}</legend>
        {(['best', 'last'] as const).map(one => (
          <label key={one} className="row">
            <input type="radio" name={name} checked={choice === one} onChange={() => setChoice(one)} />
            {words[one]}
          </label>
        ))}
      </fieldset>
      <p className="wrap soft">{strings.continueHelp}</p>
    </ConfirmDialog>
  );
}
