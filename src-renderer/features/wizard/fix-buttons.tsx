/** The fixes of a check, each one click: it sets recipe keys, and undo takes it back. */
import { Wrench } from 'lucide-react';
import type { Check } from '../../../src-shared/domain/preflight.ts';
import { Button } from '../../ui/button.tsx';
import { useWizard } from './use-wizard.tsx';

interface FixButtonsProps {
  readonly check: Check;
  readonly isPrimary?: boolean;
}

export function FixButtons({ check, isPrimary = false }: FixButtonsProps) {
  const { applyFix } = useWizard();
  if (check.fixes.length === 0) return null;
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
    </div>
  );
}
