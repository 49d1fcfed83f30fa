/** The checks of a report, worst first: cause, rows that lead into the inspector, fixes with their effect. */
import { CircleCheck } from 'lucide-react';
import { useState } from 'react';
import type { Check, PreflightReport, Severity } from '../../../src-shared/domain/preflight.ts';
import { CheckItem } from '../../checks/check-item.tsx';
import { checksOf, worstFirst } from '../../checks/check-order.ts';
import { SEVERITY_LOOKS } from '../../checks/severity-icon.tsx';
import { formatCount } from '../../format/numbers.ts';
import { wizardStrings } from '../../strings/wizard.ts';
import { strings as appStrings } from '../../strings.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { FixButtons } from './fix-buttons.tsx';
import { useWizard } from './use-wizard.tsx';

const strings = appStrings.preflight;
const COUNTS = {
  error: strings.blocks,
  warning: strings.warns,
  info: strings.notes,
  ok: strings.passes,
} as const satisfies Record<Severity, (count: number) => string>;
const SEVERITIES = ['error', 'warning', 'info', 'ok'] as const satisfies readonly Severity[];

interface ChecksCardProps {
  readonly report: PreflightReport;
  /** The check that the verdict above has shown already. */
  readonly shownId: string | null;
  readonly isOld: boolean;
}

export function ChecksCard({ report, shownId, isOld }: ChecksCardProps) {
  const passed = checksOf(report, 'ok');
  return (
    <Card title={strings.checks} actions={<Counts report={report} />} className={isOld ? 'is-old' : ''}>
      <ul className="checks" aria-label={strings.checks}>
        {worstFirst(report.checks)
          .filter(({ id }) => id !== shownId)
          .map(check => (
            <CheckItem key={check.id} check={check}>
              {check.rows.length > 0 && <RowLinks check={check} />}
              <FixButtons check={check} />
            </CheckItem>
          ))}
        {passed.length > 0 && <PassedChecks checks={passed} />}
      </ul>
    </Card>
  );
}

function Counts({ report }: { readonly report: PreflightReport }) {
  return (
    <div className="row row-wrap small check-counts">
      {SEVERITIES.map(severity => {
        const count = checksOf(report, severity).length;
        const { tone, icon: Icon } = SEVERITY_LOOKS[severity];
        return count === 0 ? null : (
          <span key={severity} className={`word ${tone}`}>
            <Icon size={14} strokeWidth={1.75} aria-hidden="true" />
            {COUNTS[severity](count)}
          </span>
        );
      })}
    </div>
  );
}

const SHOWN_ROWS = 10;

/** Each number opens its row in the inspector, at the token concerned. */
export function RowLinks({ check }: { readonly check: Check }) {
  const { showFinding } = useWizard();
  const shown = check.rows.slice(0, SHOWN_ROWS);
  return (
    <p className="small quiet row-links">
      {strings.rowsInto}{' '}
      {shown.map(row => (
        <button
          key={row}
          type="button"
          className="link"
          aria-label={wizardStrings.preflight.showRow(formatCount(row))}
          onClick={() => showFinding({ row, check: check.id })}
        >
          {formatCount(row)}
        </button>
      ))}
      {check.count > shown.length && <span>…</span>}
    </p>
  );
}

function PassedChecks({ checks }: { readonly checks: readonly Check[] }) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <li>
      <CircleCheck className="ok" size={16} strokeWidth={1.5} aria-hidden="true" />
      <div>
        <h3>{strings.passed(checks.length)}</h3>
        {isOpen && (
          <ul className="passed">
            {checks.map(check => (
              <li key={check.id} title={check.cause}>
                <CircleCheck className="ok" size={12} aria-hidden="true" />
                <span>{check.title}</span>
              </li>
            ))}
          </ul>
        )}
      </div>
      <Button variant="quiet" onClick={() => setIsOpen(!isOpen)}>
        {isOpen ? wizardStrings.preflight.hide : wizardStrings.preflight.showAll}
      </Button>
    </li>
  );
}
