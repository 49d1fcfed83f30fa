/** What takes space in the data folder, what may go and why, and the limit of the cache. */
import { HardDrive, RefreshCw } from 'lucide-react';
import type { DiskItem } from '../../../src-shared/domain/disk.ts';
import { formatBytes } from '../../format/numbers.ts';
import { diskStrings as strings } from '../../strings/disk.ts';
import { strings as common } from '../../strings.ts';
import { Button } from '../../ui/button.tsx';
import { Callout, ErrorCallout } from '../../ui/callout.tsx';
import { Card } from '../../ui/card.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { CleanCard } from './clean-card.tsx';
import './disk.css';
import { DiskTable } from './disk-table.tsx';
import { LimitCard } from './limit-card.tsx';
import { ModelsCard } from './models-card.tsx';
import { useDisk } from './use-disk.ts';

export function DiskPage() {
  const disk = useDisk();
  const { report, items } = disk;
  return (
    <div className="page disk">
      <header className="row row-wrap page-head">
        <div className="grow">
          <h1>{strings.title}</h1>
          <p>{strings.lead}</p>
        </div>
        <Button icon={RefreshCw} onClick={report.reload}>
          {strings.lookAgain}
        </Button>
      </header>
      {report.status === 'loading' && (
        <p className="row soft">
          <span className="spinner" aria-hidden="true" />
          {strings.looking}
        </p>
      )}
      {report.status === 'failed' && (
        <ErrorCallout error={report.error}>
          <Button onClick={report.reload}>{common.app.retry}</Button>
        </ErrorCallout>
      )}
      {disk.cleanUp.error && <ErrorCallout error={disk.cleanUp.error} />}
      {report.status === 'ready' && (
        <>
          {report.value.problems.length > 0 && (
            <Callout tone="warn" title={strings.problems}>
              {report.value.problems.map(({ path, message }) => (
                <p key={path} className="wrap">
                  <code>{path}</code>: {message}
                </p>
              ))}
            </Callout>
          )}
          <div className="disk-cards">
            <div className="stack disk-side">
              <CleanCard disk={disk} />
              <LimitCard />
            </div>
            <Card title={strings.byKind}>
              <div className="card-body">
                <Kinds items={items} />
              </div>
              <p className="card-foot wrap">
                {strings.inFolder(formatBytes(sumOf(items)), report.value.home)}
                {report.value.freeBytes !== null && `. ${strings.free(formatBytes(report.value.freeBytes))}.`}
              </p>
            </Card>
          </div>
          {items.length === 0 ? (
            <EmptyState icon={HardDrive} title={strings.empty} help={strings.emptyHelp} />
          ) : (
            <DiskTable disk={disk} />
          )}
          <ModelsCard />
        </>
      )}
    </div>
  );
}

function Kinds({ items }: { readonly items: readonly DiskItem[] }) {
  const total = Math.max(1, sumOf(items));
  const kinds = [...Map.groupBy(items, ({ kind }) => kind)]
    .map(([kind, those]) => ({ kind, bytes: sumOf(those), count: those.length }))
    .sort((a, b) => b.bytes - a.bytes);
  return (
    <ul className="disk-kinds">
      {kinds.map(({ kind, bytes, count }) => (
        <li key={kind}>
          <span className="row">
            <span className="grow">{strings.kinds[kind]}</span>
            <span className="quiet small">{strings.count(count)}</span>
            <span className="num disk-size">{formatBytes(bytes)}</span>
          </span>
          <span className="bar" aria-hidden="true">
            <span style={{ width: `${(bytes / total) * 100}%` }} />
          </span>
        </li>
      ))}
    </ul>
  );
}

function sumOf(items: readonly DiskItem[]): number {
  return items.reduce((sum, { bytes }) => sum + bytes, 0);
}
