/** A message that must not be missed: object and fact as its title, then cause and remedy. */
import { CircleCheck, type LucideIcon, OctagonAlert, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import type { RunError } from '../../src-shared/domain/training.ts';
import { Prose } from './prose.tsx';

type CalloutTone = 'error' | 'warn' | 'ok';

const ICONS: Record<CalloutTone, LucideIcon> = { error: OctagonAlert, warn: TriangleAlert, ok: CircleCheck };

interface CalloutProps {
  readonly tone: CalloutTone;
  readonly title: string;
  readonly children?: ReactNode;
}

export function Callout({ tone, title, children }: CalloutProps) {
  const Icon = ICONS[tone];
  return (
    <section className={`callout callout-${tone}`} aria-label={title}>
      <Icon size={16} strokeWidth={1.75} aria-hidden="true" />
      <h2 className="callout-title">{title}</h2>
      {children && <div>{children}</div>}
    </section>
  );
}

interface ErrorCalloutProps {
  readonly error: RunError;
  /** What else is to be known before one does something about it. */
  readonly note?: string;
  readonly children?: ReactNode;
}

/** A coded error, whole: what it is, why, what to do, and its code for those who search for it. */
export function ErrorCallout({ error, note, children }: ErrorCalloutProps) {
  return (
    <Callout tone="error" title={error.title}>
      <p className="wrap">
        <Prose>{error.cause}</Prose>
      </p>
      <p className="wrap">{error.remedy}</p>
      {note !== undefined && <p className="wrap">{note}</p>}
      <p className="small">
        <code>{error.code}</code>
      </p>
      {children}
    </Callout>
  );
}
