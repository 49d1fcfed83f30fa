/** Which values of one kind are wanted, out of those that there are. */
import { useState } from 'react';
import type { RunFacet, RunFacets } from '../../../src-shared/domain/run-list.ts';
import { useQuery } from '../../backend-client/backend-context.tsx';
import { formatCount } from '../../format/numbers.ts';
import { historyStrings as strings } from '../../strings/history.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorCallout } from '../../ui/callout.tsx';
import { Popover } from '../../ui/popover.tsx';

interface FilterMenuProps {
  readonly kind: keyof RunFacets;
  readonly chosen: readonly string[];
  readonly isDeleted: boolean;
  /** What a value is called. */
  nameOf(value: string): string;
  onChange(chosen: string[]): void;
}

export function FilterMenu(props: FilterMenuProps) {
  const { kind, chosen, nameOf } = props;
  const name = strings.filters[kind];
  return (
    <Popover
      title={strings.choices(name)}
      isSet={chosen.length > 0}
      label={
        <span>
          {name} <b>{chosen.length === 0 ? strings.any : chosen.map(nameOf).join(', ')}</b>
        </span>
      }
    >
      {() => <Choices {...props} />}
    </Popover>
  );
}

/** With more of them, one types to find one. */
const SEARCHED_FROM = 9;

function Choices({ kind, chosen, isDeleted, nameOf, onChange }: FilterMenuProps) {
  const facets = useQuery('runs.facets', { isDeleted });
  const [text, setText] = useState('');
  if (facets.status === 'loading') return null;
  if (facets.status === 'failed') return <ErrorCallout error={facets.error} />;
  const there: readonly RunFacet[] = facets.value[kind];
  const gone = chosen.filter(value => !there.some(facet => facet.value === value));
  const all = [...gone.map(value => ({ value, count: 0 })), ...there];
  const sought = text.toLowerCase();
  const shown = all.filter(
    ({ value }) => chosen.includes(value) || nameOf(value).toLowerCase().includes(sought),
  );
  return (
    <>
      {all.length >= SEARCHED_FROM && (
        <div className="field">
          <input
            type="search"
            aria-label={strings.findChoice(strings.filters[kind])}
            value={text}
            onChange={event => setText(event.target.value)}
          />
        </div>
      )}
      {all.length === 0 && <p className="quiet">{strings.noChoices}</p>}
      <ul className="popover-list">
        {shown.map(({ value, count }) => (
          <li key={value}>
            <label>
              <input
                type="checkbox"
                checked={chosen.includes(value)}
                onChange={({ target }) =>
                  onChange(target.checked ? [...chosen, value] : chosen.filter(one => one !== value))
                }
              />
              <span className="grow wrap">{nameOf(value)}</span>
              <span className="quiet small num">{formatCount(count)}</span>
            </label>
          </li>
        ))}
      </ul>
      {chosen.length > 0 && (
        <Button variant="quiet" onClick={() => onChange([])}>
          {strings.clearOne}
        </Button>
      )}
    </>
  );
}
