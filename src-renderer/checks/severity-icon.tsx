/** How bad what a check found is: by shape, colour and word. */
import { CircleCheck, Info, type LucideIcon, OctagonAlert, TriangleAlert } from 'lucide-react';
import type { Severity } from '../../src-shared/domain/preflight.ts';
import { strings } from '../strings.ts';
import type { Tone } from '../ui/badge.tsx';

export const SEVERITY_LOOKS = {
  error: { tone: 'error', icon: OctagonAlert },
  warning: { tone: 'warn', icon: TriangleAlert },
  info: { tone: 'info', icon: Info },
  ok: { tone: 'ok', icon: CircleCheck },
} as const satisfies Record<Severity, { tone: Tone; icon: LucideIcon }>;

export function SeverityIcon({ severity }: { readonly severity: Severity }) {
  const { tone, icon: Icon } = SEVERITY_LOOKS[severity];
  return (
    <Icon
      className={tone}
      size={16}
      strokeWidth={1.5}
      role="img"
      aria-label={strings.preflight.severity[severity]}
    />
  );
}
