/** How a run's status looks: one icon, one word, one tone, in every place. */
import {
  Check,
  CircleDashed,
  type LucideIcon,
  OctagonAlert,
  Pause,
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

interface RunStatusProps {
  readonly status: RunStatus;
  /** Stopped to be resumed. */
  readonly isPaused: boolean;
}

export function RunStatusBadge({ status, isPaused }: RunStatusProps) {
  if (isPaused) {
    return (
      <Badge tone="accent" icon={Pause}>
        {strings.run.paused}
      </Badge>
    );
  }
  return <Badge {...LOOKS[status]}>{strings.run.status[status]}</Badge>;
}

export function RunStatusWord({
  status,
  isPaused = false,
}: Pick<RunStatusProps, 'status'> & { readonly isPaused?: boolean }) {
  if (isPaused) {
    return (
      <StatusWord tone="accent" icon={Pause}>
        {strings.run.paused}
      </StatusWord>
    );
  }
  return <StatusWord {...LOOKS[status]}>{strings.run.status[status]}</StatusWord>;
}
