/** What the table finds and how it stands: search, filters, groups, views and columns. */
import { useRef } from 'react';
import { type RunStatus, runStatusSchema } from '../../../src-shared/domain/run.ts';
import { RUN_GROUP_KEYS, runGroupKeySchema } from '../../../src-shared/domain/run-list.ts';
import { useCommand } from '../../commands/use-commands.tsx';
import { formatCount } from '../../format/numbers.ts';
import { historyStrings as strings } from '../../strings/history.ts';
import { Button } from '../../ui/button.tsx';
import { ColumnsMenu } from './columns-menu.tsx';
import { ExportTables } from './export-tables.tsx';
import { FilterMenu } from './filter-menu.tsx';
import { groupName } from './group-name.ts';
import { ImportMenu } from './import-menu.tsx';
import type { ShownRuns } from './use-run-pages.ts';
import { isFiltered, NO_FILTERS, type ShownView } from './use-run-view.ts';
import { ViewsMenu } from './views-menu.tsx';

interface RunsToolbarProps {
  readonly shown: ShownRuns;
  readonly look: ShownView;
  readonly chosen: ReadonlySet<string>;
}

/** What the contract takes. */
const LONGEST_SEARCH = 1000;

export function RunsToolbar({ shown, look: { view, choice, change }, chosen }: RunsToolbarProps) {
  const search = useRef<HTMLInputElement>(null);
  const { matches, total, deleted } = shown;
  const { isDeleted } = view;
  useCommand({
    id: 'history.search',
    title: strings.search,
    shortcut: 'Mod+F',
    enabled: true,
    run: () => search.current?.focus(),
  });
  const count = isDeleted
    ? strings.shownDeleted(formatCount(matches), formatCount(deleted))
    : strings.shown(formatCount(matches), formatCount(total));
  return (
    <header className="history-head">
      <h1>{strings.title}</h1>
      <div className="field history-search">
        <input
          ref={search}
          type="search"
          aria-label={strings.search}
          placeholder={strings.searchHint}
          maxLength={LONGEST_SEARCH}
          value={view.text}
          onChange={event => change({ text: event.target.value })}
        />
      </div>
      <FilterMenu
        kind="statuses"
        chosen={view.statuses}
        isDeleted={isDeleted}
        nameOf={value => groupName('status', value)}
        onChange={chosen => change({ statuses: chosen.filter(isStatus) })}
      />
      {(['models', 'data', 'tags'] as const).map(kind => (
        <FilterMenu
          key={kind}
          kind={kind}
          chosen={view[kind]}
          isDeleted={isDeleted}
          nameOf={String}
          onChange={chosen => change({ [kind]: chosen })}
        />
      ))}
      <div className="field">
        <select
          aria-label={strings.group}
          value={view.group ?? ''}
          onChange={event => change({ group: runGroupKeySchema.safeParse(event.target.value).data ?? null })}
        >
          <option value="">{strings.groups.none}</option>
          {RUN_GROUP_KEYS.map(key => (
            <option key={key} value={key}>
              {strings.groups[key]}
            </option>
          ))}
        </select>
      </div>
      {isFiltered(view) && (
        <Button variant="quiet" onClick={() => change(NO_FILTERS)}>
          {strings.clear}
        </Button>
      )}
      <span className="quiet grow history-count" role="status">
        {shown.choice !== null && count}
      </span>
      <ImportMenu />
      {!isDeleted && <ExportTables choice={choice} found={matches} chosen={chosen} />}
      <ViewsMenu view={view} deleted={deleted} onView={change} />
      <ColumnsMenu columns={view.columns} onChange={columns => change({ columns })} />
    </header>
  );
}

function isStatus(value: string): value is RunStatus {
  return runStatusSchema.safeParse(value).success;
}
