/** Tells on every page that a run has ended, and by the browser where nobody looks at the studio. */
import { CircleCheck, OctagonAlert } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { RunSummary } from '../../../src-shared/domain/run.ts';
import { type EndedRun, tellEnd } from '../../../src-shared/domain/run-end.ts';
import { useBackend } from '../../backend-client/backend-context.tsx';
import { useSettings } from '../../backend-client/use-settings.ts';
import { strings } from '../../strings.ts';
import { useAnnounce } from '../../ui/announcer.tsx';
import { NoticeBar } from '../../ui/notice-bar.tsx';
import { notifyByBrowser } from './notify-by-browser.ts';

interface EndedRunsProps {
  /** The runs that are under way; none while they are not known. */
  readonly underWay: readonly RunSummary[];
  /** The run whose page is shown; it tells of itself. */
  readonly shownId: string | null;
  hrefOfRun(id: string): string;
}

export function EndedRuns({ underWay, shownId, hrefOfRun }: EndedRunsProps) {
  const { view } = useSettings();
  const announce = useAnnounce();
  const [ended, setEnded] = useState<readonly EndedRun[]>([]);
  const isNotified = view.status === 'ready' && view.value.settings.notifyAtEnd;
  useEnds(underWay, run => {
    const text = tellEnd(run);
    if (text === null) return;
    if (isNotified) notifyByBrowser(text, hrefOfRun(run.id));
    if (run.id === shownId) return;
    setEnded(before => [...before, run]);
    announce(`${text.title}. ${text.body}`);
  });
  const forget = (id: string) => setEnded(before => before.filter(run => run.id !== id));
  // Whoever opens its page has got the news.
  useEffect(() => {
    setEnded(before =>
      before.some(({ id }) => id === shownId) ? before.filter(({ id }) => id !== shownId) : before,
    );
  }, [shownId]);
  return ended.map(run => (
    <NoticeBar key={run.id} dismiss={strings.ended.dismiss(run.name)} onDismiss={() => forget(run.id)}>
      {run.status === 'failed' ? (
        <OctagonAlert className="error" size={16} strokeWidth={1.75} aria-hidden="true" />
      ) : (
        <CircleCheck className="ok" size={16} strokeWidth={1.75} aria-hidden="true" />
      )}
      <p className="grow">
        {tellEnd(run)?.title}. {tellEnd(run)?.body} <a href={hrefOfRun(run.id)}>{strings.ended.open}</a>
      </p>
    </NoticeBar>
  ));
}

/**
 * Calls back with each run that has ended since the page was opened, once for each of its ends: those that were under
 * way, and those that began and ended between two looks at the list.
 */
function useEnds(underWay: readonly RunSummary[], onEnd: (run: EndedRun) => void): void {
  const client = useBackend();
  const since = useRef(new Date().toISOString());
  const before = useRef<readonly string[]>([]);
  const changed = useRef(new Set<string>());
  const told = useRef(new Set<string>());
  const current = useRef(onEnd);
  current.current = onEnd;
  useEffect(
    () => client.subscribe('runs.changed', {}, { event: ({ id }) => void changed.current.add(id) }),
    [client],
  );
  useEffect(() => {
    const now = underWay.map(({ id }) => id);
    const gone = new Set([...before.current, ...changed.current].filter(id => !now.includes(id)));
    before.current = now;
    changed.current.clear();
    for (const id of gone) {
      void client.call('runs.show', { id }).then(outcome => {
        if (!outcome.ok) return;
        const end = `${id} ${outcome.value.endedAt}`;
        if ((outcome.value.endedAt ?? '') < since.current || told.current.has(end)) return;
        told.current.add(end);
        current.current(outcome.value);
      });
    }
  }, [underWay, client]);
}
