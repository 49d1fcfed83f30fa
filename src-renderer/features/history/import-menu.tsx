/** Takes the runs of another data folder or of a run's folder into the history, with progress and a way to stop. */
import { FolderInput, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { CodedError } from '../../../src-shared/contract/coded-error.ts';
import { COPYING, type ImportReport } from '../../../src-shared/domain/import.ts';
import { useBackend } from '../../backend-client/backend-context.tsx';
import { callWithProgress, type WorkProgress } from '../../backend-client/call-with-progress.ts';
import { useCommand } from '../../commands/use-commands.tsx';
import { PathField } from '../../files/path-field.tsx';
import { formatBytes, formatCount } from '../../format/numbers.ts';
import { importStrings as strings } from '../../strings/import.ts';
import { useAnnounce } from '../../ui/announcer.tsx';
import { Button } from '../../ui/button.tsx';
import { Callout, ErrorCallout } from '../../ui/callout.tsx';
import { Modal } from '../../ui/modal.tsx';
import { Progress } from '../../ui/progress.tsx';

/** The button, and the dialog that it opens. */
export function ImportMenu() {
  const [isOpen, setIsOpen] = useState(false);
  const open = useCommand({
    id: 'history.import',
    title: strings.open,
    enabled: true,
    run: () => setIsOpen(true),
  });
  return (
    <>
      <Button icon={FolderInput} onClick={open.run}>
        {strings.button}
      </Button>
      {isOpen && <ImportDialog onClose={() => setIsOpen(false)} />}
    </>
  );
}

type Work =
  | { readonly kind: 'idle' | 'stopped' }
  | { readonly kind: 'running'; readonly progress: WorkProgress | null }
  | { readonly kind: 'done'; readonly report: ImportReport }
  | { readonly kind: 'failed'; readonly error: CodedError };

function ImportDialog({ onClose }: { onClose(): void }) {
  const [path, setPath] = useState('');
  const { work, start, stop } = useImport();
  const isRunning = work.kind === 'running';
  return (
    <Modal isOpen className="confirm" aria-label={strings.open} onClose={onClose}>
      <form
        className="confirm-box import-box"
        onSubmit={event => {
          event.preventDefault();
          if (path !== '' && !isRunning) start(path);
        }}
      >
        <h2>{strings.open}</h2>
        <PathField
          label={strings.folder}
          help={strings.help}
          placeholder="/media/stick/luthier"
          value={path}
          extensions={[]}
          isFolder
          onChange={setPath}
        />
        {work.kind === 'running' && <Running progress={work.progress} onStop={stop} />}
        {work.kind === 'done' && <Report report={work.report} />}
        {work.kind === 'stopped' && <p className="wrap">{strings.stopped}</p>}
        {work.kind === 'failed' && <ErrorCallout error={work.error} />}
        <div className="row row-wrap confirm-actions">
          <Button onClick={onClose}>{strings.close}</Button>
          <Button variant="primary" type="submit" icon={FolderInput} isDisabled={path === '' || isRunning}>
            {strings.start}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

function Running({ progress, onStop }: { readonly progress: WorkProgress | null; onStop(): void }) {
  const { phase, done, total } = progress ?? { phase: '', done: 0, total: null };
  const words =
    total === null
      ? strings.looking
      : phase === COPYING
        ? strings.copying(formatBytes(done), formatBytes(total))
        : strings.progress(formatCount(done), formatCount(total));
  return (
    <div className="row" role="status">
      <div className="grow">
        <Progress label={strings.open} valueText={words} value={done} max={total ?? 0} />
      </div>
      <span className="small num">{words}</span>
      <Button icon={X} onClick={onStop}>
        {strings.stop}
      </Button>
    </div>
  );
}

function Report({ report: { imported, known, problems } }: { readonly report: ImportReport }) {
  return (
    <Callout
      tone={problems.length > 0 ? 'warn' : 'ok'}
      title={strings.imported(formatCount(imported.length))}
    >
      {known > 0 && <p className="wrap">{strings.known(formatCount(known))}</p>}
      {problems.map(({ path, reason }) => (
        <p key={path} className="wrap">
          {strings.problem(path, reason)}
        </p>
      ))}
    </Callout>
  );
}

/** Closing the dialog leaves it going no further: what was imported until then stays. */
function useImport() {
  const client = useBackend();
  const announce = useAnnounce();
  const [work, setWork] = useState<Work>({ kind: 'idle' });
  const abort = useRef<AbortController | null>(null);
  useEffect(() => () => abort.current?.abort(), []);
  const start = async (path: string) => {
    const stop = new AbortController();
    const { signal } = stop;
    abort.current = stop;
    setWork({ kind: 'running', progress: null });
    const outcome = await callWithProgress(client, 'runs.import', { path }, signal, progress =>
      setWork({ kind: 'running', progress }),
    );
    if (signal.aborted) {
      setWork({ kind: 'stopped' });
      announce(strings.stopped);
      return;
    }
    setWork(outcome.ok ? { kind: 'done', report: outcome.value } : { kind: 'failed', error: outcome.error });
    announce(outcome.ok ? strings.imported(formatCount(outcome.value.imported.length)) : outcome.error.title);
  };
  return { work, start: (path: string) => void start(path), stop: () => abort.current?.abort() };
}
