/** A state as an icon and a word; colour only repeats them. */
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';

export type Tone = 'neutral' | 'accent' | 'ok' | 'warn' | 'error' | 'info';

interface BadgeProps {
  readonly tone: Tone;
  readonly icon: LucideIcon;
  readonly children: ReactNode;
}

export function Badge({ tone, icon: Icon, children }: BadgeProps) {
  return (
    <span className={`badge ${tone}`}>
      <Icon size={12} strokeWidth={2} aria-hidden="true" />
      {children}
    </span>
  );
}

/** The same without a frame, for tables. */
export function StatusWord({ tone, icon: Icon, children }: BadgeProps) {
  return (
    <span className={`word ${tone}`}>
      <Icon size={14} strokeWidth={1.75} aria-hidden="true" />
      {children}
    </span>
  );
}
