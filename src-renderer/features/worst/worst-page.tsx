/** Where a finished run hurts: its rows by their loss at the left, the chosen one with each token's loss at the right. */
import { ScanText } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { LossSplit, RowLoss } from '../../../src-shared/domain/row-losses.ts';
import type { Recipe } from '../../../src-shared/recipe/schema.ts';
import { formatCount, formatLoss } from '../../format/numbers.ts';
import { worstStrings as strings } from '../../strings/worst.ts';
import { strings as appStrings } from '../../strings.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorCallout } from '../../ui/callout.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Progress } from '../../ui/progress.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { LossHistogram } from './loss-histogram.tsx';
import { type RunLosses, useLosses } from './use-losses.ts';
import './worst.css';
import { WorstList } from './worst-list.tsx';

interface InspectedRow {
  readonly recipe: Recipe;
  readonly fileName: string;
  readonly row: number;
  readonly firstPart: number;
  readonly losses: { readonly id: string; readonly split: LossSplit; readonly measuredAt: string };
  onRow(row: number): void;
}

interface WorstPageProps {
  readonly id: string;
  readonly runHref: string;
  renderInspector(inspected: InspectedRow): ReactNode;
}

export function WorstPage({ id, runHref, renderInspector }: WorstPageProps) {
  const [split, setSplit] = useState<LossSplit>('training');
  const losses = useLosses(id, split);
  const { run, report } = losses;
  const [picked, setPicked] = useState<{ readonly row: RowLoss; readonly of: string } | null>(null);
  const [wandered, setWandered] = useState<number | null>(null);
  const measured = report === null ? '' : `${report.split} ${report.measuredAt}`;
  const chosen = picked?.of === measured ? picked.row : (report?.worst[0] ?? null);
  const choose = (row: RowLoss) => {
    setPicked({ row, of: measured });
    setWandered(null);
  };
  return (
    <div className="worst">
      <div className="worst-side">
        <div className="worst-head">
          <h1>{run ? strings.pageTitle(run.name) : strings.loading}</h1>
          <a href={runHref}>{strings.back}</a>
        </div>
        {run?.hasValidation && (
          <Segmented
            label={strings.rowsOf}
            value={split}
            options={(['training', 'validation'] as const).map(value => ({
              value,
              label: strings.splits[value],
            }))}
            onChange={value => {
              setSplit(value);
              setWandered(null);
            }}
          />
        )}
        <Measurement losses={losses} />
        {report && (
          <>
            <LossHistogram bins={report.bins} loss={chosen?.loss ?? null} />
            <dl className="facts facts-numbers">
              <dt>{strings.mean}</dt>
              <dd>{formatLoss(report.meanLoss)}</dd>
            </dl>
            <p className="small soft">
              {report.rows < report.totalRows
                ? strings.sample(formatCount(report.rows), formatCount(report.totalRows))
                : strings.allRows(formatCount(report.rows))}
            </p>
            <WorstList report={report} chosen={chosen} onChoose={choose} />
          </>
        )}
      </div>
      <div className="worst-inspector">
        {run && report && chosen ? (
          renderInspector({
            recipe: run.recipe as Recipe,
            fileName: fileNameOf(run.recipe as Recipe),
            row: wandered ?? chosen.row,
            firstPart: wandered === null ? chosen.part : 0,
            losses: { id, split, measuredAt: report.measuredAt },
            onRow: setWandered,
          })
        ) : (
          <EmptyState icon={ScanText} title={strings.nothing} help={strings.nothingHelp} />
        )}
      </div>
    </div>
  );
}

function Measurement({ losses }: { readonly losses: RunLosses }) {
  const { run, report, error, measuring, measure, cancel } = losses;
  if (error) return <ErrorCallout error={error} />;
  if (!run) return <p className="quiet">{appStrings.app.loading}</p>;
  if (measuring.status === 'running') {
    const { phase, done, total } = measuring.progress ?? { phase: strings.progress, done: 0, total: null };
    const text = total === null ? phase : strings.progressText(phase, formatCount(done), formatCount(total));
    return (
      <div className="stack-2">
        <Progress label={strings.progress} valueText={text} value={done} max={total ?? 1} />
        <div className="row">
          <span className="small soft grow">{text}</span>
          <Button variant="quiet" onClick={cancel}>
            {strings.cancel}
          </Button>
        </div>
      </div>
    );
  }
  return (
    <>
      {measuring.status === 'failed' && <ErrorCallout error={measuring.error} />}
      <div>
        <Button variant={report ? 'plain' : 'primary'} onClick={measure}>
          {report ? strings.again : strings.measure}
        </Button>
      </div>
    </>
  );
}

function fileNameOf({ dataset }: Recipe): string {
  const path = typeof dataset.path === 'string' ? dataset.path : (dataset.path[0] ?? '');
  return path.split(/[\\/]/).at(-1) ?? path;
}
