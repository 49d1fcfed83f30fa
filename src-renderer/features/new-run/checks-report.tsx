/** The preflight report: the verdict in words, then every check, worst first. */
import { CircleCheck, Info, type LucideIcon, OctagonAlert, TriangleAlert } from 'lucide-react';
import type { Check, PreflightReport, Severity } from '../../../src-shared/domain/preflight.ts';
import { formatCount } from '../../format/numbers.ts';
import { strings } from '../../strings.ts';
import type { Tone } from '../../ui/badge.tsx';
import { Callout } from '../../ui/callout.tsx';
import { Card } from '../../ui/card.tsx';
import { checksOf, worstFirst } from './check-order.ts';

const LOOKS = {
  error: { tone: 'error', icon: OctagonAlert, count: strings.preflight.blocks },
  warning: { tone: 'warn', icon: TriangleAlert, count: strings.preflight.warns },
  info: { tone: 'info', icon: Info, count: strings.preflight.notes },
  ok: { tone: 'ok', icon: CircleCheck, count: strings.preflight.passes },
} as const satisfies Record<Severity, { tone: Tone; icon: LucideIcon; count: (count: number) => string }>;

const SEVERITIES = ['error', 'warning', 'info', 'ok'] as const satisfies readonly Severity[];

interface ChecksReportProps {
  readonly report: PreflightReport;
  readonly sourceName: string;
  /** A start was asked for, and the backend refused it. */
  readonly wasRefused: boolean;
}

export function ChecksReport({ report, sourceName, wasRefused }: ChecksReportProps) {
  const passed = checksOf(report, 'ok');
  return (
    <>
      <Verdict report={report} wasRefused={wasRefused} />
      <Card title={strings.preflight.title(sourceName)} actions={<Counts report={report} />}>
        <ul className="checks" aria-label={strings.preflight.checks}>
          {worstFirst(report.checks).map(check => (
            <CheckItem key={check.id} check={check} />
          ))}
          {passed.length > 0 && <PassedChecks checks={passed} />}
        </ul>
      </Card>
    </>
  );
}

function Verdict({ report, wasRefused }: Omit<ChecksReportProps, 'sourceName'>) {
  const blocking = worstFirst(checksOf(report, 'error'));
  const worst = blocking[0];
  if (report.status === 'blocked') {
    const inWords = wasRefused ? strings.preflight.blockedCount : strings.preflight.wouldBlock;
    return (
      <Callout tone="error" title={strings.preflight.blocked(worst?.title ?? '')}>
        {worst && <p>{worst.cause}</p>}
        <p>{inWords(blocking.length)}</p>
      </Callout>
    );
  }
  const { kept, examples, trainableTokens, steps } = report.totals;
  const numbers = [kept, examples, trainableTokens, steps].map(formatCount);
  const [keptText = '', examplesText = '', trainedText = '', stepsText = ''] = numbers;
  return (
    <Callout tone="ok" title={strings.preflight.ready}>
      <p>{strings.preflight.readyFacts(keptText, examplesText, trainedText, stepsText)}</p>
    </Callout>
  );
}

function Counts({ report }: { readonly report: PreflightReport }) {
  return (
    <div className="row row-wrap small check-counts">
      {SEVERITIES.map(severity => {
        const count = checksOf(report, severity).length;
        const { tone, icon: Icon, count: inWords } = LOOKS[severity];
        return count === 0 ? null : (
          <span key={severity} className={`word ${tone}`}>
            <Icon size={14} strokeWidth={1.75} aria-hidden="true" />
            {inWords(count)}
          </span>
        );
      })}
    </div>
  );
}

function CheckItem({ check }: { readonly check: Check }) {
  const { tone, icon: Icon } = LOOKS[check.severity];
  return (
    <li>
      <Icon
        className={tone}
        size={16}
        strokeWidth={1.5}
        role="img"
        aria-label={strings.preflight.severity[check.severity]}
      />
      <div>
        <h3>
          {check.title} <code>{check.id}</code>
        </h3>
        <p className="wrap">{check.cause}</p>
        {check.rows.length > 0 && <p className="small quiet">{rowsInWords(check)}</p>}
        {check.fixes.length > 0 && (
          <ul className="fixes" aria-label={strings.preflight.fixes}>
            {check.fixes.map(fix => (
              <li key={fix.id}>{fix.label}</li>
            ))}
          </ul>
        )}
      </div>
      {check.count > 0 && (
        <span className="check-count">
          {strings.preflight.rowCount(formatCount(check.count), check.count === 1)}
        </span>
      )}
    </li>
  );
}

const SHOWN_ROWS = 10;

function rowsInWords({ rows, count }: Check): string {
  const shown = rows.slice(0, SHOWN_ROWS).map(formatCount).join(', ');
  return strings.preflight.firstRows(shown, count > Math.min(rows.length, SHOWN_ROWS));
}

function PassedChecks({ checks }: { readonly checks: readonly Check[] }) {
  return (
    <li>
      <CircleCheck className="ok" size={16} strokeWidth={1.5} aria-hidden="true" />
      <div>
        <h3>{strings.preflight.passed(checks.length)}</h3>
        <ul className="passed">
          {checks.map(check => (
            <li key={check.id} title={check.cause}>
              <CircleCheck className="ok" size={12} aria-hidden="true" />
              <span>{check.title}</span>
            </li>
          ))}
        </ul>
      </div>
    </li>
  );
}
