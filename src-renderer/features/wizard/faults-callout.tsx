/** What is missing or wrong in the draft, each with the step that mends it. */
import { hrefOf } from '../../router.ts';
import { wizardStrings } from '../../strings/wizard.ts';
import { Callout } from '../../ui/callout.tsx';
import { stepOfKey } from './step-state.ts';
import { useWizard } from './use-wizard.tsx';

const strings = wizardStrings.preflight;

export function FaultsCallout() {
  const { draft } = useWizard();
  return (
    <Callout tone="error" title={strings.notWhole}>
      <ul className="stack-1">
        {draft.faults.map(({ path, allowed, found }) => {
          const step = stepOfKey(path);
          return (
            <li key={path}>
              <code>{path}</code>: {found}. {wizardStrings.fields.found(allowed, null)}{' '}
              <a href={hrefOf({ page: 'newRun', step })}>
                {strings.goToStep(wizardStrings.steps.names[step])}
              </a>
            </li>
          );
        })}
      </ul>
    </Callout>
  );
}
