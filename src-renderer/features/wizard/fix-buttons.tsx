/** The fixes of a check, each one click: it sets recipe keys, and undo takes it back. */
import { ShieldAlert, Wrench } from 'lucide-react';
import type { Check } from '../../../src-shared/domain/preflight.ts';
import { valueAt } from '../../draft/recipe-values.ts';
import { wizardStrings } from '../../strings/wizard.ts';
import { Button } from '../../ui/button.tsx';
import { useWizard } from './use-wizard.tsx';

const strings = wizardStrings.preflight;

interface FixButtonsProps {
  readonly check: Check;
  readonly isPrimary?: boolean;
}

export function FixButtons({ check, isPrimary = false }: FixButtonsProps) {
  const { applyFix } = useWizard();
  const allowance = useAllowance(check);
  if (check.fixes.length === 0 && allowance === null) return null;
  return (
    <div className="row row-wrap fix-buttons">
      {check.fixes.map((fix, i) => (
        <Button
          key={fix.id}
          variant={isPrimary && i === 0 ? 'primary' : 'plain'}
          icon={Wrench}
          onClick={() => applyFix(fix)}
        >
          {fix.label}
        </Button>
      ))}
      {allowance && (
        <Button variant="quiet" icon={ShieldAlert} onClick={allowance.toggle}>
          {allowance.label}
        </Button>
      )}
    </div>
  );
}

/** A blocking check may be let pass knowingly, and that is kept in the recipe; no trained token at all never is. */
function useAllowance(check: Check): { readonly label: string; toggle(): void } | null {
  const { draft } = useWizard();
  if (check.severity !== 'error' || check.id === 'labels.none') return null;
  const kept = valueAt(draft.recipe, 'preflight.allow');
  const allowed = Array.isArray(kept) ? kept.map(String) : [];
  const isAllowed = allowed.includes(check.id);
  return {
    label: isAllowed ? strings.blockAgain : strings.allow,
    toggle: () =>
      draft.store.set({
        'preflight.allow': isAllowed ? allowed.filter(id => id !== check.id) : [...allowed, check.id],
      }),
  };
}
