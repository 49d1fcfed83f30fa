/** Which columns the table shows. */
import { Columns3 } from 'lucide-react';
import { DEFAULT_VIEW, RUN_COLUMNS, type RunColumn } from '../../../src-shared/domain/run-view.ts';
import { historyStrings as strings } from '../../strings/history.ts';
import { Button } from '../../ui/button.tsx';
import { Popover } from '../../ui/popover.tsx';

interface ColumnsMenuProps {
  readonly columns: readonly RunColumn[];
  onChange(columns: RunColumn[]): void;
}

export function ColumnsMenu({ columns, onChange }: ColumnsMenuProps) {
  const show = (column: RunColumn, isShown: boolean) =>
    onChange(RUN_COLUMNS.filter(one => (one === column ? isShown : columns.includes(one))));
  return (
    <Popover
      icon={Columns3}
      title={strings.columnsTitle}
      align="end"
      label={<span>{strings.columnsTitle}</span>}
    >
      {() => (
        <>
          <ul className="popover-list">
            {RUN_COLUMNS.filter(column => column !== 'name').map(column => (
              <li key={column}>
                <label>
                  <input
                    type="checkbox"
                    checked={columns.includes(column)}
                    onChange={({ target }) => show(column, target.checked)}
                  />
                  {strings.columns[column]}
                </label>
              </li>
            ))}
          </ul>
          <Button variant="quiet" onClick={() => onChange([...DEFAULT_VIEW.columns])}>
            {strings.columnsReset}
          </Button>
        </>
      )}
    </Popover>
  );
}
