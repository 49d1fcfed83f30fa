/** The chosen runs, or all that are found, as tables for other programs: the button and the dialog that it opens. */
import { Table2 } from 'lucide-react';
import { useId, useState } from 'react';
import {
  HISTORY_FORMATS,
  type HistoryExportReport,
  type HistoryFormat,
} from '../../../src-shared/domain/history-export.ts';
import { ALL_RUNS, type RunsChoice } from '../../../src-shared/domain/run-list.ts';
import { useQuery } from '../../backend-client/backend-context.tsx';
import type { WorkProgress } from '../../backend-client/call-with-progress.ts';
import { type EndedWork, useLongWork } from '../../backend-client/use-long-work.ts';
import { useCommand } from '../../commands/use-commands.tsx';
import { PathField } from '../../files/path-field.tsx';
import { PlaceButtons } from '../../files/place-buttons.tsx';
import { formatBytes, formatCount } from '../../format/numbers.ts';
import { exportTablesStrings as strings } from '../../strings/export-tables.ts';
import { useAnnounce } from '../../ui/announcer.tsx';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { Modal } from '../../ui/modal.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { WorkShown } from './work-shown.tsx';

interface ExportTablesProps {
  /** What the table finds. */
  readonly choice: RunsChoice;
  readonly found: number;
  readonly chosen: ReadonlySet<string>;
}

export function ExportTables(props: ExportTablesProps) {
  const { found, chosen } = props;
  const [isOpen, setIsOpen] = useState(false);
  const open = useCommand({
    id: 'history.export',
    title: strings.open(formatCount(chosen.size || found)),
    enabled: found > 0,
    run: () => setIsOpen(true),
  });
  return (
    <>
      <Button icon={Table2} isDisabled={!open.enabled} help={open.title} onClick={open.run}>
        {strings.button}
      </Button>
      {isOpen && <ExportDialog {...props} onClose={() => setIsOpen(false)} />}
    </>
  );
}

function ExportDialog({ choice, found, chosen, onClose }: ExportTablesProps & { onClose(): void }) {
  const id = useId();
  const announce = useAnnounce();
  // The folder that the page may look through stands for the user's own.
  const home = useQuery('files.list', { directory: null, extensions: [] });
  const [which, setWhich] = useState<'chosen' | 'found'>(chosen.size > 0 ? 'chosen' : 'found');
  const [format, setFormat] = useState<HistoryFormat>('csv');
  const [typed, setTyped] = useState('');
  const [name, setName] = useState(strings.firstName);
  const { work, start, stop } = useLongWork('runs.export', ended => announce(wordsOf(ended)));
  const folder = typed || (home.status === 'ready' ? home.value.directory : '');
  const isRunning = work.kind === 'running';
  const replace = work.kind === 'failed' && work.error.code === 'export.exists';
  const canStart = folder !== '' && name !== '' && !isRunning;
  return (
    <Modal isOpen className="confirm confirm-wide" aria-label={strings.title} onClose={onClose}>
      <form
        className="confirm-box"
        onSubmit={event => {
          event.preventDefault();
          if (!canStart) return;
          start({ runs: which === 'chosen' ? only(chosen, choice) : choice, format, folder, name, replace });
        }}
      >
        <h2>{strings.open(formatCount(which === 'chosen' ? chosen.size : found))}</h2>
        {chosen.size > 0 && (
          <div>
            <Segmented
              label={strings.which}
              value={which}
              options={[
                { value: 'chosen' as const, label: strings.chosen(formatCount(chosen.size)) },
                { value: 'found' as const, label: strings.found(formatCount(found)) },
              ]}
              onChange={value => setWhich(value)}
            />
          </div>
        )}
        <div className="field">
          <label htmlFor={`${id}-format`}>{strings.format}</label>
          <select
            id={`${id}-format`}
            value={format}
            aria-describedby={`${id}-help`}
            onChange={event => setFormat(HISTORY_FORMATS.find(one => one === event.target.value) ?? 'csv')}
          >
            {HISTORY_FORMATS.map(one => (
              <option key={one} value={one}>
                {strings.formats[one].name}
              </option>
            ))}
          </select>
          <p id={`${id}-help`} className="small soft">
            {strings.formats[format].help}
          </p>
        </div>
        <PathField
          label={strings.folder}
          help={strings.folderHelp}
          value={folder}
          extensions={[]}
          isFolder
          onChange={setTyped}
        />
        <div className="field">
          <label htmlFor={`${id}-name`}>{strings.name}</label>
          <input
            id={`${id}-name`}
            className="mono"
            value={name}
            spellCheck={false}
            autoComplete="off"
            maxLength={255}
            onChange={event => setName(event.target.value)}
          />
        </div>
        <WorkShown
          work={work}
          label={strings.title}
          strings={strings}
          wordsOf={progressWords}
          reportOf={report => <Report report={report} />}
          onStop={stop}
        />
        <div className="row row-wrap confirm-actions">
          <Button onClick={onClose}>{strings.close}</Button>
          <Button variant="primary" type="submit" icon={Table2} isDisabled={!canStart}>
            {replace ? strings.replace : strings.start}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

/** They stay chosen whatever is searched for meanwhile. */
function only(chosen: ReadonlySet<string>, { sorting }: RunsChoice): RunsChoice {
  const { offset: _offset, count: _count, ...all } = ALL_RUNS;
  return { ...all, ids: [...chosen], sorting };
}

function wordsOf(ended: EndedWork<HistoryExportReport>): string {
  if (ended.kind === 'stopped') return strings.stopped;
  return ended.kind === 'done' ? strings.done(formatCount(ended.value.runs)) : ended.error.title;
}

function progressWords(progress: WorkProgress | null): string {
  if (progress === null) return strings.starting;
  const { phase, done, total } = progress;
  return strings.progress(phase, formatCount(done), total === null ? null : formatCount(total));
}

/** Of TensorBoard's there may be as many files as runs. */
const SHOWN_FILES = 6;

function Report({ report: { runs, folder, files } }: { readonly report: HistoryExportReport }) {
  return (
    <Callout tone="ok" title={strings.done(formatCount(runs))}>
      <p>
        <code className="wrap">{folder}</code>
      </p>
      <ul className="plain-list">
        {files.slice(0, SHOWN_FILES).map(({ path, rows, bytes }) => (
          <li key={path} className="row">
            <code className="grow wrap">{path.slice(folder.length + 1)}</code>
            <span className="num">
              {strings.rows(formatCount(rows))}, {formatBytes(bytes)}
            </span>
          </li>
        ))}
      </ul>
      {files.length > SHOWN_FILES && <p>{strings.more(formatCount(files.length - SHOWN_FILES))}</p>}
      <PlaceButtons path={folder} />
    </Callout>
  );
}
