/** A check of a report: how bad it is, its cause and the number of its rows. */
import type { ReactNode } from 'react';
import type { Check } from '../../src-shared/domain/preflight.ts';
import { formatCount } from '../format/numbers.ts';
import { strings } from '../strings.ts';
import { Prose } from '../ui/prose.tsx';
import { SeverityIcon } from './severity-icon.tsx';

interface CheckItemProps {
  readonly check: Check;
  /** Stands below the cause. */
  readonly children?: ReactNode;
}

export function CheckItem({ check, children }: CheckItemProps) {
  return (
    <li>
      <SeverityIcon severity={check.severity} />
      <div>
        <h3>
          {check.title} <code>{check.id}</code>
        </h3>
        <p className="wrap">
          <Prose>{check.cause}</Prose>
        </p>
        {children}
      </div>
      {check.count > 0 && (
        <span className="check-count">
          {strings.preflight.rowCount(formatCount(check.count), check.count === 1)}
        </span>
      )}
    </li>
  );
}
