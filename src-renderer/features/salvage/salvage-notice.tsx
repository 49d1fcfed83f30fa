/** Says that the history was damaged and made anew, and brings back lost runs from the diaries in their folders. */
import { FolderSearch, X } from 'lucide-react';
import { useState } from 'react';
import type { CodedError } from '../../../src-shared/contract/coded-error.ts';
import type { ImportReport } from '../../../src-shared/domain/import.ts';
import { useBackend, useQuery } from '../../backend-client/backend-context.tsx';
import { callWithProgress } from '../../backend-client/call-with-progress.ts';
import { salvageStrings as strings } from '../../strings/salvage.ts';
import { useAnnounce } from '../../ui/announcer.tsx';
import { Button } from '../../ui/button.tsx';
import { Callout, ErrorCallout } from '../../ui/callout.tsx';
import './salvage-notice.css';

/** Nothing at all where the history was whole, or the notice was dismissed. */
export function SalvageNotice() {
  const info = useQuery('app.info', {});
  const [isDismissed, setIsDismissed] = useState(false);
  const { state, start } = useBringBack();
  const notice = info.status === 'ready' ? info.value.notice : null;
  if (notice === null || isDismissed) return null;
  return (
    <div className="salvage">
      <Callout tone="warn" title={notice.title}>
        <p className="wrap">{notice.cause}</p>
        <p className="wrap">{notice.remedy}</p>
        {state.status === 'idle' && <p className="wrap soft">{strings.help}</p>}
        {state.status === 'done' && <Found report={state.report} />}
        {state.status === 'failed' && <ErrorCallout error={state.error} />}
        <div className="row row-wrap">
          {state.status !== 'done' && (
            <Button icon={FolderSearch} isDisabled={state.status === 'running'} onClick={start}>
              {state.status === 'running' ? strings.bringingBack : strings.bringBack}
            </Button>
          )}
          <Button variant="quiet" icon={X} onClick={() => setIsDismissed(true)}>
            {strings.dismiss}
          </Button>
        </div>
      </Callout>
    </div>
  );
}

function Found({ report: { imported, problems } }: { readonly report: ImportReport }) {
  return (
    <>
      <p className="wrap">{strings.found(imported.map(({ name }) => name))}</p>
      {problems.length > 0 && (
        <ul className="small soft">
          {problems.map(({ path, reason }) => (
            <li key={path} className="wrap">
              {strings.problem(path, reason)}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

type BringBack =
  | { readonly status: 'idle' | 'running' }
  | { readonly status: 'done'; readonly report: ImportReport }
  | { readonly status: 'failed'; readonly error: CodedError };

function useBringBack() {
  const client = useBackend();
  const announce = useAnnounce();
  const [state, setState] = useState<BringBack>({ status: 'idle' });
  const start = async () => {
    setState({ status: 'running' });
    const { signal } = new AbortController();
    const outcome = await callWithProgress(client, 'runs.import', { path: null }, signal, () => undefined);
    setState(
      outcome.ok ? { status: 'done', report: outcome.value } : { status: 'failed', error: outcome.error },
    );
    announce(
      outcome.ok ? strings.found(outcome.value.imported.map(({ name }) => name)) : outcome.error.title,
    );
  };
  return { state, start: () => void start() };
}
