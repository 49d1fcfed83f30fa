/** The rows themselves: as a table of their columns, or as the conversations that were read from them. */
import { ChevronLeft, ChevronRight, OctagonAlert } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { DataInspection, DataRow } from '../../../src-shared/domain/inspection.ts';
import { formatCount } from '../../format/numbers.ts';
import { wizardStrings } from '../../strings/wizard.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { ErrorCallout } from '../../ui/callout.tsx';
import { Card } from '../../ui/card.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { VirtualTable } from '../../ui/virtual-table.tsx';
import { type RowPages, usePages } from './use-pages.ts';
import { rowsInput, useWizard } from './use-wizard.tsx';

const strings = wizardStrings.data;
type RowsView = 'table' | 'conversations';
const SHOWN_COLUMNS = 6;
const CONVERSATIONS_A_PAGE = 20;

export function DataRows({ inspection }: { readonly inspection: DataInspection }) {
  const { rows, columns, problemCount } = inspection;
  const { draft, row } = useWizard();
  const pages = usePages(rowsInput(draft.recipe), inspection);
  const [view, setView] = useState<RowsView>('table');
  return (
    <Card
      title={strings.rows}
      className="rows-card"
      actions={
        <Segmented<RowsView>
          label={strings.view}
          value={view}
          options={[
            { value: 'table', label: strings.views.table },
            { value: 'conversations', label: strings.views.conversations },
          ]}
          onChange={setView}
        />
      }
    >
      {pages.error && (
        <div className="card-body">
          <ErrorCallout error={pages.error} />
        </div>
      )}
      {view === 'table' ? (
        <RowsTable
          rows={rows}
          columns={columns.slice(0, SHOWN_COLUMNS)}
          hasProblems={problemCount > 0}
          pages={pages}
          shownRow={row}
        />
      ) : (
        <Conversations rows={rows} pages={pages} />
      )}
    </Card>
  );
}

interface RowsTableProps {
  readonly rows: number;
  readonly columns: readonly string[];
  readonly hasProblems: boolean;
  readonly pages: RowPages;
  readonly shownRow: number;
}

function RowsTable({ rows, columns, hasProblems, pages, shownRow }: RowsTableProps) {
  const { setRow } = useWizard();
  return (
    <VirtualTable
      label={strings.rows}
      columns={[
        { key: 'row', name: strings.columns.row, width: '76px', isNumber: true },
        ...columns.map(name => ({ key: `column ${name}`, name })),
        ...(hasProblems ? [{ key: 'problem', name: strings.columns.problem, width: '30%' }] : []),
      ]}
      count={rows}
      shownRow={shownRow}
      onWindow={pages.need}
      rowProps={row => ({ 'aria-selected': row === shownRow, onClick: () => setRow(row) })}
      cells={row => {
        const data = pages.rowAt(row);
        return (
          <>
            <td className="num">{formatCount(row)}</td>
            {columns.map(name => (
              <td key={name} title={data?.cells[name]?.slice(0, 400)}>
                {data?.cells[name] ?? ''}
              </td>
            ))}
            {hasProblems && (
              <td title={data?.problem?.message} className={data?.problem ? 'error' : undefined}>
                {data?.problem?.message ?? ''}
              </td>
            )}
          </>
        );
      }}
    />
  );
}

function Conversations({ rows, pages }: { readonly rows: number; readonly pages: RowPages }) {
  const { row, setRow } = useWizard();
  const first = Math.floor(row / CONVERSATIONS_A_PAGE) * CONVERSATIONS_A_PAGE;
  const last = Math.min(rows, first + CONVERSATIONS_A_PAGE);
  const { need } = pages;
  useEffect(() => need(first, last), [need, first, last]);
  return (
    <>
      <div className="row pager">
        <IconButton
          label={strings.previousPage}
          icon={ChevronLeft}
          isDisabled={first === 0}
          onClick={() => setRow(first - CONVERSATIONS_A_PAGE)}
        />
        <span className="soft">
          {strings.page(formatCount(first), formatCount(last - 1), formatCount(rows))}
        </span>
        <IconButton
          label={strings.nextPage}
          icon={ChevronRight}
          isDisabled={last >= rows}
          onClick={() => setRow(first + CONVERSATIONS_A_PAGE)}
        />
      </div>
      <ol className="conversations">
        {Array.from({ length: last - first }, (_, i) => first + i).map(index => (
          <Conversation key={index} index={index} data={pages.rowAt(index)} />
        ))}
      </ol>
    </>
  );
}

function Conversation({ index, data }: { readonly index: number; readonly data: DataRow | null }) {
  const { setRow, go } = useWizard();
  return (
    <li className="conversation">
      <div className="conversation-head">
        <span className="quiet small">{formatCount(index)}</span>
        <Button
          variant="quiet"
          onClick={() => {
            setRow(index);
            go('masking');
          }}
        >
          {strings.showTokens(formatCount(index))}
        </Button>
      </div>
      {data?.problem && (
        <p className="error word">
          <OctagonAlert size={14} aria-hidden="true" />
          {data.problem.message}
        </p>
      )}
      <dl className="turns">
        {data?.messages.map((message, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: messages have no name but their place
          <div key={i} className={`turn turn-${message.role}`}>
            <dt>{message.role}</dt>
            <dd className="wrap">{message.content}</dd>
          </div>
        ))}
      </dl>
    </li>
  );
}
