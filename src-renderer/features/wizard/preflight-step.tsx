/** Step 7: every check over all rows, worst first, each with its rows and its fixes. */
import { RefreshCw } from 'lucide-react';
import { useEffect, useRef } from 'react';
import type { Check, PreflightReport } from '../../../src-shared/domain/preflight.ts';
import { checksOf } from '../../checks/check-order.ts';
import { CommandButton } from '../../commands/command-button.tsx';
import { useCommand } from '../../commands/use-commands.tsx';
import { formatCount } from '../../format/numbers.ts';
import { hrefOf } from '../../router.ts';
import { wizardStrings } from '../../strings/wizard.ts';
import { strings as appStrings } from '../../strings.ts';
import { useAnnounce } from '../../ui/announcer.tsx';
import { Button } from '../../ui/button.tsx';
import { Callout, ErrorCallout } from '../../ui/callout.tsx';
import { Prose } from '../../ui/prose.tsx';
import { ChecksCard, RowLinks } from './checks-card.tsx';
import { FaultsCallout } from './faults-callout.tsx';
import { FixButtons } from './fix-buttons.tsx';
import { ProbeCard } from './probe-card.tsx';
import { stepOfError } from './step-state.ts';
import { TotalsCard } from './totals-card.tsx';
import { useWizard } from './use-wizard.tsx';

const strings = wizardStrings.preflight;

export function PreflightStep() {
  const { draft, preparation, lastFix, readAgain } = useWizard();
  const { prepared, error, isPending, progress, isCancelled } = preparation;
  const report = prepared?.report ?? null;
  const again = useCommand({
    id: 'preflight.again',
    title: strings.again,
    shortcut: 'Mod+R',
    enabled: draft.whole !== null,
    run: readAgain,
  });
  useVerdictAnnouncement();
  return (
    <div className="page page-side">
      <header className="page-head row">
        <div className="grow">
          <h1>{strings.title}</h1>
          <p>{report ? strings.checked(formatCount(report.totals.examples)) : strings.checking}</p>
        </div>
        <CommandButton command={again} icon={RefreshCw} />
      </header>
      <div className="stack-3">
        {draft.faults.length > 0 && <FaultsCallout />}
        {isPending && !isCancelled && (
          <div className="launch-progress" role="status">
            <span className="spinner" aria-hidden="true" />
            <span className="grow">
              {progress ? strings.progress(progress.phase, formatCount(progress.done)) : strings.checking}
            </span>
            <Button variant="quiet" onClick={preparation.cancel}>
              {strings.cancel}
            </Button>
          </div>
        )}
        {lastFix && (
          <div className="launch-progress">
            <span className="grow">{strings.applied(lastFix.label)}</span>
            <Button variant="quiet" isDisabled={!draft.canUndo} onClick={draft.store.undo}>
              {strings.undo}
            </Button>
          </div>
        )}
        {error && (
          <ErrorCallout error={error}>
            <MendingStep code={error.code} />
          </ErrorCallout>
        )}
        {report && !error && <Verdict />}
        {report && !error && (
          <ChecksCard report={report} shownId={worstOf(report)?.id ?? null} isOld={isPending} />
        )}
      </div>
      <aside className="stack-3" aria-label={strings.what}>
        {report && !error && (
          <TotalsCard report={report} before={lastFix?.before ?? null} isOld={isPending} />
        )}
        {report && !error && <ProbeCard />}
      </aside>
    </div>
  );
}

function MendingStep({ code }: { readonly code: string }) {
  const step = stepOfError(code);
  if (step === null) return null;
  const name = wizardStrings.steps.names[step];
  return <a href={hrefOf({ page: 'newRun', step })}>{strings.goToStep(name)}</a>;
}

/** Says the verdict once to those who do not see it. */
function useVerdictAnnouncement(): void {
  const { preparation } = useWizard();
  const announce = useAnnounce();
  const said = useRef<string | null>(null);
  const report = preparation.isPending ? null : (preparation.prepared?.report ?? null);
  useEffect(() => {
    const verdict = report ? `${preparation.prepared?.preparedId} ${report.status}` : null;
    if (report === null || verdict === said.current) return;
    said.current = verdict;
    announce(appStrings.announce.checked(report.status === 'blocked'));
  }, [report, preparation.prepared, announce]);
}

/** Null where the launch is not blocked. */
function worstOf(report: PreflightReport): Check | null {
  if (report.status !== 'blocked') return null;
  const errors = checksOf(report, 'error');
  return errors.find(check => !check.allowed) ?? errors[0] ?? null;
}

function Verdict() {
  const { preparation } = useWizard();
  const prepared = preparation.prepared;
  if (!prepared) return null;
  const { report, vocabularyOnly } = prepared;
  const worst = worstOf(report);
  if (worst) {
    return (
      <Callout tone="error" title={strings.blocked(worst.title)}>
        <p className="wrap">
          <Prose>{worst.cause}</Prose>
        </p>
        {worst.rows.length > 0 && <RowLinks check={worst} />}
        <FixButtons check={worst} isPrimary />
        <p className="small check-id">
          <code>{worst.id}</code>
        </p>
      </Callout>
    );
  }
  const { kept, examples, trainableTokens, steps } = report.totals;
  return (
    <Callout tone={vocabularyOnly ? 'warn' : 'ok'} title={strings.ready}>
      <p>
        {strings.readyFacts(
          formatCount(kept),
          formatCount(examples),
          formatCount(trainableTokens),
          formatCount(steps),
        )}
      </p>
      {vocabularyOnly && <p>{strings.vocabularyOnly}</p>}
    </Callout>
  );
}
