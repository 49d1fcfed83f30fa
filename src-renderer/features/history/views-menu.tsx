/** Saved views: filters, order, groups and columns under a name. */
import { Bookmark, History, Trash2, X } from 'lucide-react';
import { useId, useState } from 'react';
import type { CodedError } from '../../../src-shared/contract/coded-error.ts';
import { DEFAULT_VIEW, type RunView } from '../../../src-shared/domain/run-view.ts';
import { useBackend, useQuery } from '../../backend-client/backend-context.tsx';
import { formatCount } from '../../format/numbers.ts';
import { historyStrings as strings } from '../../strings/history.ts';
import { useAnnounce } from '../../ui/announcer.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { ErrorCallout } from '../../ui/callout.tsx';
import { Popover } from '../../ui/popover.tsx';

interface ViewsMenuProps {
  readonly view: RunView;
  /** How many runs are deleted. */
  readonly deleted: number;
  onView(view: RunView): void;
}

export function ViewsMenu(props: ViewsMenuProps) {
  return (
    <Popover icon={Bookmark} title={strings.views} align="end" label={<span>{strings.views}</span>}>
      {close => <Views {...props} close={close} />}
    </Popover>
  );
}

function Views({ view, deleted, onView, close }: ViewsMenuProps & { close(): void }) {
  const client = useBackend();
  const announce = useAnnounce();
  const id = useId();
  const saved = useQuery('views.list', {});
  const [name, setName] = useState('');
  const [error, setError] = useState<CodedError | null>(null);
  const views = saved.status === 'ready' ? saved.value.views : [];

  const take = (taken: RunView) => {
    onView(taken);
    close();
  };
  async function save(): Promise<void> {
    const outcome = await client.call('views.save', { name: name.trim(), view });
    if (!outcome.ok) return setError(outcome.error);
    announce(strings.viewSaved(name.trim()));
    close();
  }
  async function remove(viewName: string): Promise<void> {
    const outcome = await client.call('views.remove', { name: viewName });
    if (!outcome.ok) setError(outcome.error);
    saved.reload();
  }

  return (
    <>
      {error && <ErrorCallout error={error} />}
      <ul className="popover-list">
        <li>
          <Button variant="quiet" icon={History} onClick={() => take(DEFAULT_VIEW)}>
            {strings.allRuns}
          </Button>
        </li>
        <li>
          <Button
            variant="quiet"
            icon={Trash2}
            onClick={() => take({ ...DEFAULT_VIEW, columns: view.columns, isDeleted: true })}
          >
            {strings.deletedRuns(formatCount(deleted))}
          </Button>
        </li>
        {views.map(one => (
          <li key={one.name} className="row">
            <span className="grow">
              <Button variant="quiet" icon={Bookmark} onClick={() => take(one.view)}>
                {one.name}
              </Button>
            </span>
            <IconButton label={strings.removeView(one.name)} icon={X} onClick={() => void remove(one.name)} />
          </li>
        ))}
      </ul>
      <form
        className="field"
        onSubmit={event => {
          event.preventDefault();
          if (name.trim() !== '') void save();
        }}
      >
        <label htmlFor={id}>{strings.viewName}</label>
        <div className="row">
          <input
            id={id}
            autoComplete="off"
            maxLength={100}
            value={name}
            aria-describedby={`${id}-help`}
            onChange={event => setName(event.target.value)}
          />
          <Button type="submit" isDisabled={name.trim() === ''}>
            {strings.saveView}
          </Button>
        </div>
        <p id={`${id}-help`} className="small quiet">
          {strings.viewsHelp}
        </p>
      </form>
    </>
  );
}
