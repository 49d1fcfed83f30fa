/** A real step on the device before the run: what it showed of loss and gradient, and the memory and time it took. */
import { CircleCheck, Info, type LucideIcon, OctagonAlert, TriangleAlert, Zap } from 'lucide-react';
import type { PreflightReport, Severity } from '../../../src-shared/domain/preflight.ts';
import { CommandButton } from '../../commands/command-button.tsx';
import { useCommand } from '../../commands/use-commands.tsx';
import { formatBytes } from '../../format/numbers.ts';
import { formatStepTime } from '../../format/times.ts';
import { wizardStrings } from '../../strings/wizard.ts';
import { StatusWord, type Tone } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { ErrorCallout } from '../../ui/callout.tsx';
import { Card } from '../../ui/card.tsx';
import { Prose } from '../../ui/prose.tsx';
import { useProbe } from './use-probe.ts';
import { useWizard } from './use-wizard.tsx';

const strings = wizardStrings.probe;
const LOOKS = {
  error: { tone: 'error', icon: OctagonAlert },
  warning: { tone: 'warn', icon: TriangleAlert },
  info: { tone: 'info', icon: Info },
  ok: { tone: 'ok', icon: CircleCheck },
} as const satisfies Record<Severity, { tone: Tone; icon: LucideIcon }>;

export function ProbeCard() {
  const { draft, preparation } = useWizard();
  const { state, start, cancel } = useProbe(draft.whole);
  const why = whyNot(preparation.prepared, preparation.isPending);
  const command = useCommand({
    id: 'preflight.probe',
    title: state.status === 'done' ? strings.again : strings.start,
    enabled: draft.whole !== null && why === null && state.status !== 'running',
    run: start,
  });
  return (
    <Card title={strings.title}>
      <div className="card-body stack-3">
        <p className="small soft">{strings.what}</p>
        {state.status === 'running' && (
          <div className="launch-progress" role="status">
            <span className="spinner" aria-hidden="true" />
            <span className="grow">{strings.running}</span>
            <Button variant="quiet" onClick={cancel}>
              {strings.cancel}
            </Button>
          </div>
        )}
        {state.status === 'failed' && <ErrorCallout error={state.error} />}
        {state.status === 'done' && <Findings report={state.report} />}
        {state.status !== 'running' && <CommandButton command={command} icon={Zap} />}
        {why !== null && <p className="small quiet">{why}</p>}
      </div>
    </Card>
  );
}

function whyNot(
  prepared: { readonly report: PreflightReport; readonly vocabularyOnly: boolean } | null,
  isPending: boolean,
): string | null {
  if (isPending || prepared === null) return strings.waiting;
  if (prepared.report.status === 'blocked') return strings.blocked;
  return prepared.vocabularyOnly ? strings.vocabularyOnly : null;
}

function Findings({ report }: { readonly report: PreflightReport }) {
  const { memoryBytes, secondsPerStep } = report.estimate;
  return (
    <>
      <ul className="stack-2" aria-label={strings.found}>
        {report.checks
          .filter(({ id }) => id.startsWith('probe.'))
          .map(({ id, severity, title, cause }) => (
            <li key={id}>
              <StatusWord tone={LOOKS[severity].tone} icon={LOOKS[severity].icon}>
                {title}
              </StatusWord>
              <p className="small soft wrap">
                <Prose>{cause}</Prose>
              </p>
            </li>
          ))}
      </ul>
      <dl className="facts">
        <dt>{strings.time}</dt>
        <dd>{secondsPerStep === null ? strings.notMeasured : formatStepTime(secondsPerStep * 1000)}</dd>
        <dt>{strings.memory}</dt>
        <dd>{formatBytes(memoryBytes)}</dd>
      </dl>
    </>
  );
}
