/** Runs side by side: their curves in one plot, the settings that differ, the outcomes, and what they answer. */
import { ClipboardCopy, GitCompareArrows } from 'lucide-react';
import { useMemo, useState } from 'react';
import { compareSettings } from '../../../src-shared/comparison/compare-runs.ts';
import { sweepBy } from '../../../src-shared/comparison/sweep.ts';
import { asCsv, asMarkdown } from '../../../src-shared/comparison/text-table.ts';
import { formatCount } from '../../format/numbers.ts';
import { formatStarted } from '../../format/times.ts';
import { compareStrings as strings } from '../../strings/compare.ts';
import { useAnnounce } from '../../ui/announcer.tsx';
import { Button } from '../../ui/button.tsx';
import { ErrorCallout } from '../../ui/callout.tsx';
import { Card } from '../../ui/card.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import './compare.css';
import { copyText } from '../../ui/copy-text.ts';
import { CompareCurves } from './compare-curves.tsx';
import type { ComparedRun } from './compare-runs.ts';
import { CompareTable, tableAsText } from './compare-table.tsx';
import { withDistinctNames } from './distinct-names.ts';
import { SweepCard } from './sweep-card.tsx';
import { useRunDetails } from './use-run-details.ts';

interface ComparePageProps {
  readonly ids: readonly string[];
  onHistory(): void;
  hrefOfRun(id: string): string;
}

export function ComparePage({ ids, onHistory, hrefOfRun }: ComparePageProps) {
  const { isReading, runs, errors } = useRunDetails(ids);
  return (
    <div className="page compare">
      {runs.length < 2 && <h1>{strings.title}</h1>}
      {isReading && (
        <p className="row soft">
          <span className="spinner" aria-hidden="true" />
          {strings.reading}
        </p>
      )}
      {errors.map(({ id, error }) => (
        <section key={id} aria-label={strings.notRead(id)}>
          <ErrorCallout error={error} />
        </section>
      ))}
      {!isReading && runs.length < 2 && (
        <EmptyState
          icon={GitCompareArrows}
          title={strings.tooFew}
          help={strings.tooFewHelp}
          action={<Button onClick={onHistory}>{strings.toHistory}</Button>}
        />
      )}
      {runs.length > 1 && <Comparison runs={runs} hrefOfRun={hrefOfRun} />}
    </div>
  );
}

interface ComparisonProps extends Pick<ComparePageProps, 'hrefOfRun'> {
  readonly runs: readonly ComparedRun[];
}

function Comparison({ runs: given, hrefOfRun }: ComparisonProps) {
  const runs = useMemo(() => withDistinctNames(given, at => formatStarted(at, new Date())), [given]);
  const announce = useAnnounce();
  const [showsAll, setShowsAll] = useState(false);
  const [note, setNote] = useState('');
  const [groupKey, setGroupKey] = useState('');
  const settings = useMemo(() => compareSettings(runs.map(({ recipe }) => recipe)), [runs]);
  const differing = settings.filter(({ differs }) => differs);
  const shown = showsAll ? settings : differing;
  const sweep = useMemo(
    () => (groupKey === '' ? null : { key: groupKey, groups: sweepBy(runs, groupKey) }),
    [runs, groupKey],
  );
  const grouped = useMemo(() => sweep?.groups.flatMap(group => group.runs) ?? runs, [sweep, runs]);
  const isSameData = new Set(runs.map(({ hashes }) => hashes.preparedDataset)).size === 1;
  const copy = async (text: string) => {
    const words = (await copyText(text)) ? strings.copied : strings.notCopied;
    setNote(words);
    announce(words);
  };
  return (
    <>
      <header className="row row-wrap page-head">
        <div className="grow">
          <h1>{strings.heading(runs.length)}</h1>
          <p>
            {strings.differ(differing.length, settings.length)}{' '}
            {isSameData ? strings.sameData : strings.otherData}
          </p>
        </div>
        <span className="quiet small">{note}</span>
        {differing.length > 0 && (
          <label className="row small soft field compare-choice">
            {strings.groupBy}
            <select value={groupKey} onChange={event => setGroupKey(event.target.value)}>
              <option value="">{strings.noGroup}</option>
              {differing.map(({ key }) => (
                <option key={key} value={key}>
                  {key}
                </option>
              ))}
            </select>
          </label>
        )}
        <Button icon={ClipboardCopy} onClick={() => void copy(asMarkdown(tableAsText(runs, shown)))}>
          {strings.copyMarkdown}
        </Button>
        <Button icon={ClipboardCopy} onClick={() => void copy(asCsv(tableAsText(runs, shown, true)))}>
          {strings.copyCsv}
        </Button>
      </header>
      <CompareCurves runs={grouped} groups={sweep} />
      {sweep && <SweepCard sweep={sweep} hrefOfRun={hrefOfRun} />}
      <Card
        title={strings.settings}
        actions={
          <label className="row small">
            <input type="checkbox" checked={showsAll} onChange={event => setShowsAll(event.target.checked)} />
            {strings.allSettings}
          </label>
        }
      >
        <CompareTable runs={runs} settings={shown} hrefOfRun={hrefOfRun} />
      </Card>
      <Samples runs={runs} />
    </>
  );
}

/** The last answer of each run to each prompt. */
function Samples({ runs }: Pick<ComparisonProps, 'runs'>) {
  const prompts = [...new Set(runs.flatMap(({ samples }) => samples.map(({ prompt }) => prompt)))];
  if (prompts.length === 0) return null;
  return (
    <Card title={strings.samples}>
      <div className="card-body stack compare-samples">
        {prompts.map(prompt => (
          <section key={prompt} aria-label={prompt}>
            <h3 className="wrap">{prompt}</h3>
            <ul>
              {runs.map(run => {
                const sample = run.samples.findLast(one => one.prompt === prompt);
                return (
                  <li key={run.id}>
                    <p className="small quiet">
                      {run.name}
                      {sample && `, ${strings.sampleOf(formatCount(sample.step))}`}
                    </p>
                    <p className={sample ? 'wrap compare-answer' : 'soft'}>
                      {sample?.text ?? strings.noSample}
                    </p>
                  </li>
                );
              })}
            </ul>
          </section>
        ))}
      </div>
    </Card>
  );
}
