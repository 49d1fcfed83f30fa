/** Takes the runs of another data folder or of a run's folder into the history, with progress and a way to stop. */
import { FolderInput } from 'lucide-react';
import { useState } from 'react';
import { COPYING, type ImportReport } from '../../../src-shared/domain/import.ts';
import type { WorkProgress } from '../../backend-client/call-with-progress.ts';
import { type EndedWork, useLongWork } from '../../backend-client/use-long-work.ts';
import { useCommand } from '../../commands/use-commands.tsx';
import { PathField } from '../../files/path-field.tsx';
import { formatBytes, formatCount } from '../../format/numbers.ts';
import { importStrings as strings } from '../../strings/import.ts';
import { useAnnounce } from '../../ui/announcer.tsx';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { Modal } from '../../ui/modal.tsx';
import { WorkShown } from './work-shown.tsx';

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

function ImportDialog({ onClose }: { onClose(): void }) {
  const [path, setPath] = useState('');
  const announce = useAnnounce();
  // Closing the dialog leaves it going no further: what was imported until then stays.
  const { work, start, stop } = useLongWork('runs.import', ended => announce(wordsOf(ended)));
  const isRunning = work.kind === 'running';
  return (
    <Modal isOpen className="confirm confirm-wide" aria-label={strings.open} onClose={onClose}>
      <form
        className="confirm-box"
        onSubmit={event => {
          event.preventDefault();
          if (path !== '' && !isRunning) start({ path });
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
        <WorkShown
          work={work}
          label={strings.open}
          strings={strings}
          wordsOf={progressWords}
          reportOf={report => <Report report={report} />}
          onStop={stop}
        />
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

function wordsOf(ended: EndedWork<ImportReport>): string {
  if (ended.kind === 'stopped') return strings.stopped;
  return ended.kind === 'done'
    ? strings.imported(formatCount(ended.value.imported.length))
    : ended.error.title;
}

function progressWords(progress: WorkProgress | null): string {
  const { phase, done, total } = progress ?? { phase: '', done: 0, total: null };
  if (total === null) return strings.looking;
  return phase === COPYING
    ? strings.copying(formatBytes(done), formatBytes(total))
    : strings.progress(formatCount(done), formatCount(total));
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
