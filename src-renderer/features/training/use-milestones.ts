/** Tells screen readers the milestones of the run on the page. */
import { useEffect, useRef } from 'react';
import { assertNever } from '../../../src-shared/domain/assert-never.ts';
import { strings } from '../../strings.ts';
import { useAnnounce } from '../../ui/announcer.tsx';
import { type Milestone, milestonesBetween, type Progress } from './milestones.ts';
import { errorOf, isPaused, type RunState, statusOf, stepsDone } from './run-state.ts';

export function useMilestones(run: RunState): void {
  const announce = useAnnounce();
  const before = useRef<Progress>({ status: null, step: 0, plannedSteps: 0 });
  useEffect(() => {
    const now = { status: statusOf(run), step: stepsDone(run), plannedSteps: run.record?.plannedSteps ?? 0 };
    const milestones = milestonesBetween(before.current, now);
    before.current = now;
    if (milestones.length > 0) announce(milestones.map(milestone => inWords(milestone, run)).join(' '));
  }, [run, announce]);
}

function inWords(milestone: Milestone, run: RunState): string {
  switch (milestone.kind) {
    case 'started':
      return strings.announce.started;
    case 'quarter':
      return strings.announce.quarter(milestone.percent);
    case 'ended':
      return milestone.status === 'failed'
        ? strings.announce.failed(errorOf(run)?.title ?? '')
        : strings.announce.ended(isPaused(run) ? strings.run.paused : strings.run.status[milestone.status]);
    default:
      return assertNever(milestone);
  }
}
