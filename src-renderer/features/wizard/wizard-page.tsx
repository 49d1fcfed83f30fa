/** The wizard: eight steps over one recipe, and the token inspector at hand from the data on. */
import { ArrowLeft, ScanText } from 'lucide-react';
import { useCallback, useState } from 'react';
import type { Fix, PreflightTotals } from '../../../src-shared/domain/preflight.ts';
import { CommandButton } from '../../commands/command-button.tsx';
import { useCommand } from '../../commands/use-commands.tsx';
import { formatCount } from '../../format/numbers.ts';
import { STEPS, type StepName, wizardStrings } from '../../strings/wizard.ts';
import { Button } from '../../ui/button.tsx';
import { CollatorStep } from './collator-step.tsx';
import { DataStep } from './data-step.tsx';
import { DocumentBar } from './document-bar.tsx';
import type { RenderInspector, WantedFinding } from './inspector-slot.ts';
import { MaskingStep } from './masking-step.tsx';
import { ModelStep } from './model-step.tsx';
import { PreflightStep } from './preflight-step.tsx';
import { RunStep } from './run-step.tsx';
import { Stepper } from './stepper.tsx';
import { TemplateStep } from './template-step.tsx';
import { TrainingStep } from './training-step.tsx';
import { useWizard, useWizardState, WizardProvider } from './use-wizard.tsx';
import { WizardInspector } from './wizard-inspector.tsx';
import './wizard.css';
import './wizard-steps.css';

interface WizardPageProps {
  readonly step: StepName;
  readonly renderInspector: RenderInspector;
  go(step: StepName): void;
  onStarted(id: string): void;
}

export function WizardPage({ step, renderInspector, go, onStarted }: WizardPageProps) {
  const [row, setRow] = useState(0);
  const [wanted, setWanted] = useState<WantedFinding | null>(null);
  const [edit, setEdit] = useState<string | null>(null);
  const [lastFix, setLastFix] = useState<{ label: string; before: PreflightTotals } | null>(null);
  const known = useWizardState(step, go, row, setRow);
  const { store } = known.draft;
  const totals = known.preparation.prepared?.report.totals ?? null;
  const applyFix = useCallback(
    (fix: Fix) => {
      store.set({ ...fix.set });
      if (totals) setLastFix({ label: fix.label, before: totals });
    },
    [store, totals],
  );
  const showFinding = useCallback(
    (finding: WantedFinding) => {
      setRow(finding.row);
      setWanted(finding);
      go('masking');
    },
    [go],
  );
  const onFindingShown = useCallback(() => setWanted(null), []);
  const shared = { edit, setEdit, lastFix, applyFix, wanted, showFinding, onFindingShown };
  return (
    <WizardProvider value={{ ...known, ...shared }}>
      <div className="wizard">
        <div className="wizard-head">
          <Stepper current={step} states={known.states} />
          <DocumentBar />
        </div>
        <div className="wizard-body">
          <StepContent step={step} renderInspector={renderInspector} onStarted={onStarted} />
        </div>
        <Footer renderInspector={renderInspector} />
      </div>
    </WizardProvider>
  );
}

function StepContent({ step, renderInspector, onStarted }: Omit<WizardPageProps, 'go'>) {
  switch (step) {
    case 'model':
      return <ModelStep onStarted={onStarted} />;
    case 'data':
      return <DataStep />;
    case 'template':
      return <TemplateStep />;
    case 'masking':
      return <MaskingStep renderInspector={renderInspector} />;
    case 'collator':
      return <CollatorStep />;
    case 'training':
      return <TrainingStep />;
    case 'preflight':
      return <PreflightStep />;
    case 'run':
      return <RunStep onStarted={onStarted} />;
  }
}

function Footer({ renderInspector }: { readonly renderInspector: RenderInspector }) {
  const { step, go, row, preparation, states } = useWizard();
  const [isDrawerOpen, setIsDrawerOpen] = useState(false);
  const at = STEPS.indexOf(step);
  const [before, behind] = [STEPS[at - 1], STEPS[at + 1]];
  const names = wizardStrings.steps;
  useStepCommands();
  const next = useCommand({
    id: 'newRun.next',
    title: names.continueTo(behind ? names.names[behind] : ''),
    shortcut: 'Mod+Enter',
    enabled: behind !== undefined,
    isListed: behind !== undefined,
    run: () => behind && go(behind),
  });
  // What comes behind a blocked preflight is no step forward.
  const isBlockedHere = step === 'preflight' && states.preflight.status === 'blocked';
  const hasDrawer = at >= STEPS.indexOf('data') && step !== 'masking';
  const tokens = useCommand({
    id: 'newRun.tokens',
    title: isDrawerOpen ? wizardStrings.drawer.close : wizardStrings.drawer.show(formatCount(row)),
    shortcut: 'Mod+I',
    enabled: hasDrawer,
    isListed: hasDrawer,
    run: () => setIsDrawerOpen(!isDrawerOpen),
  });
  const totals = preparation.prepared?.report.totals;
  return (
    <>
      {hasDrawer && isDrawerOpen && (
        <div className="wizard-drawer">
          <WizardInspector renderInspector={renderInspector} />
        </div>
      )}
      <footer className="wizard-foot">
        {before && (
          <Button icon={ArrowLeft} onClick={() => go(before)}>
            {names.back}
          </Button>
        )}
        <span className="soft clip grow">
          {totals && at >= STEPS.indexOf('masking')
            ? wizardStrings.masking.footer(
                formatCount(totals.trainableTokens),
                formatCount(totals.tokens),
                formatCount(totals.kept),
                formatCount(totals.examples),
              )
            : states[step].value}
        </span>
        {hasDrawer && <CommandButton command={tokens} icon={ScanText} />}
        {behind && <CommandButton command={next} variant={isBlockedHere ? 'plain' : 'primary'} />}
      </footer>
    </>
  );
}

function useStepCommands(): void {
  const { go } = useWizard();
  const names = wizardStrings.steps;
  const command = (step: StepName, i: number) => ({
    id: `step.${i + 1}`,
    title: names.goTo(names.names[step]),
    shortcut: `Mod+${i + 1}` as const,
    enabled: true,
    run: () => go(step),
  });
  useCommand(command('model', 0));
  useCommand(command('data', 1));
  useCommand(command('template', 2));
  useCommand(command('masking', 3));
  useCommand(command('collator', 4));
  useCommand(command('training', 5));
  useCommand(command('preflight', 6));
  useCommand(command('run', 7));
}
