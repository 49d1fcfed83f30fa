/** The eight steps, each with its state and its answer; all of them open at any time. */
import { Check, TriangleAlert, X } from 'lucide-react';
import { hrefOf } from '../../router.ts';
import { STEPS, type StepName, wizardStrings } from '../../strings/wizard.ts';
import type { StepState } from './step-state.ts';

const strings = wizardStrings.steps;

interface StepperProps {
  readonly current: StepName;
  readonly states: Readonly<Record<StepName, StepState>>;
}

export function Stepper({ current, states }: StepperProps) {
  return (
    <nav className="stepper" aria-label={strings.label}>
      <ol>
        {STEPS.map((step, i) => {
          const { status, value } = states[step];
          const isCurrent = step === current;
          return (
            <li key={step} className={`step-${status}${isCurrent ? ' is-current' : ''}`}>
              <a
                href={hrefOf({ page: 'newRun', step })}
                title={strings.names[step]}
                aria-current={isCurrent ? 'step' : undefined}
              >
                <span className="step-mark" aria-hidden="true">
                  <StepMark status={status} number={i + 1} />
                </span>
                <span className="step-name clip">
                  {strings.names[step]}
                  <span className="sr-only">, {strings.states[status]}</span>
                </span>
                {value !== '' && <span className="step-value clip">{value}</span>}
              </a>
            </li>
          );
        })}
      </ol>
    </nav>
  );
}

function StepMark({ status, number }: { readonly status: StepState['status']; readonly number: number }) {
  if (status === 'done') return <Check size={12} strokeWidth={2.5} />;
  if (status === 'warn') return <TriangleAlert size={11} strokeWidth={2} />;
  if (status === 'blocked') return <X size={12} strokeWidth={2.5} />;
  return number;
}
