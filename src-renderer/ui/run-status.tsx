/** How a run's status looks: one icon, one word, one tone, in every place. */
import {
  Check,
  CircleDashed,
  type LucideIcon,
  OctagonAlert,
  Play,
  Square,
  TriangleAlert,
} from 'lucide-react';
import type { RunStatus } from '../../src-shared/domain/run.ts';
import { strings } from '../strings.ts';
import { Badge, StatusWord, type Tone } from './badge.tsx';

const LOOKS = {
  draft: { tone: 'neutral', icon: CircleDashed },
  running: { tone: 'accent', icon: Play },
  completed: { tone: 'ok', icon: Check },
  stopped: { tone: 'neutral', icon: Square },
  failed: { tone: 'error', icon: OctagonAlert },
  interrupted: { tone: 'warn', icon: TriangleAlert },
} as const satisfies Record<RunStatus, { tone: Tone; icon: LucideIcon }>;

export function RunStatusBadge({ status }: { readonly status: RunStatus }) {
  return <Badge {...LOOKS[status]}>{strings.run.status[status]}</Badge>;
}

export function RunStatusWord({ status }: { readonly status: RunStatus }) {
  return <StatusWord {...LOOKS[status]}>{strings.run.status[status]}</StatusWord>;
}
