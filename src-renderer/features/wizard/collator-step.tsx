/** Step 5: how rows are put together, as a picture of the very batches that the trainer will get. */
import { ChevronLeft, ChevronRight } from 'lucide-react';
import { useState } from 'react';
import type { BatchView } from '../../../src-shared/contract/draft-procedures.ts';
import { useAnswer } from '../../backend-client/use-answer.ts';
import { formatCount, formatShare } from '../../format/numbers.ts';
import { wizardStrings } from '../../strings/wizard.ts';
import { IconButton } from '../../ui/button.tsx';
import { ErrorCallout } from '../../ui/callout.tsx';
import { Card } from '../../ui/card.tsx';
import { ChoiceField, NumberField, SwitchField } from './recipe-fields.tsx';
import { useWizard } from './use-wizard.tsx';

const strings = wizardStrings.collator;
const SHOWN_BATCHES = 8;

export function CollatorStep() {
  const { draft, preparation } = useWizard();
  const [fromStep, setFromStep] = useState(1);
  const { prepared } = preparation;
  const page = useAnswer(
    'batches.page',
    draft.whole && prepared && !preparation.isPending
      ? { recipe: draft.whole, preparedId: prepared.preparedId, fromStep, count: SHOWN_BATCHES }
      : null,
  );
  const report = prepared?.report;
  const counted = page.value?.counted;
  const steps = page.value?.steps ?? 0;
  const options = (choices: Record<string, string>) =>
    Object.entries(choices).map(([value, label]) => ({ value, label }));
  return (
    <div className="page page-side">
      <header className="page-head">
        <h1>{strings.title}</h1>
        <p>{strings.lead}</p>
      </header>
      <Card
        title={strings.picture}
        actions={
          <span className="row">
            <IconButton
              label={strings.earlier}
              icon={ChevronLeft}
              isDisabled={fromStep <= 1}
              onClick={() => setFromStep(Math.max(1, fromStep - SHOWN_BATCHES))}
            />
            <IconButton
              label={strings.later}
              icon={ChevronRight}
              isDisabled={fromStep + SHOWN_BATCHES > steps}
              onClick={() => setFromStep(fromStep + SHOWN_BATCHES)}
            />
          </span>
        }
      >
        <div className="card-body stack-4">
          {preparation.error && <ErrorCallout error={preparation.error} />}
          {page.error && <ErrorCallout error={page.error} />}
          {!page.value && !preparation.error && <p className="soft">{strings.waiting}</p>}
          {page.value && <Batches batches={page.value.batches} />}
          <BatchLegend />
        </div>
      </Card>
      <aside className="stack-4">
        <Card title={wizardStrings.steps.names.collator}>
          <div className="card-body stack-4">
            <ChoiceField
              field="collator.strategy"
              label={strings.strategy}
              options={options(strings.strategies)}
            />
            <NumberField
              field="collator.maxLength"
              label={strings.maxLength}
              effect={
                report &&
                `${strings.cut}: ${formatCount(report.totals.truncatedExamples)}. ${strings.lengths}: ${[
                  report.totals.lengths.p50,
                  report.totals.lengths.p95,
                  report.totals.lengths.max,
                ]
                  .map(formatCount)
                  .join(' · ')}.`
              }
            />
            <ChoiceField
              field="collator.truncation"
              label={strings.truncation}
              options={options(strings.truncations)}
            />
            <NumberField
              field="training.batchSize"
              label={strings.batchSize}
              effect={
                counted &&
                counted.tokens > 0 &&
                `${strings.padding}: ${strings.paddingShare(
                  formatShare(
                    Math.round((counted.padding / (counted.tokens + counted.padding)) * 1000) / 1000,
                  ),
                  formatCount(counted.batches),
                )}.`
              }
            />
            <SwitchField field="collator.groupByLength" label={strings.groupByLength} />
          </div>
        </Card>
      </aside>
    </div>
  );
}

function Batches({ batches }: { readonly batches: readonly BatchView[] }) {
  const longest = Math.max(1, ...batches.map(({ length }) => length));
  return (
    <ol className="batches">
      {batches.map((batch, i) => {
        const tokens = batch.rows.flat().reduce((sum, segment) => sum + segment.tokens, 0);
        const padding = batch.rows.length * batch.length - tokens;
        const label = strings.batchLabel(
          formatCount(batch.step),
          formatCount(batch.rows.length),
          formatCount(batch.length),
          formatShare(Math.round((padding / Math.max(1, tokens + padding)) * 1000) / 1000),
        );
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: batches have no name but their place
          <li key={i}>
            <p className="batch-name">
              <b>{label}</b>
              <BatchRows rows={batch.dataRows} />
            </p>
            <div className="batch" style={{ width: `${(batch.length / longest) * 100}%` }} aria-hidden="true">
              {batch.rows.map((row, k) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: rows have no name but their place
                <BatchRow key={k} segments={row} length={batch.length} />
              ))}
            </div>
          </li>
        );
      })}
    </ol>
  );
}

const LINKED_ROWS = 12;

/** Each number opens its row in the inspector. */
function BatchRows({ rows }: { readonly rows: readonly number[] }) {
  const { setRow, go } = useWizard();
  return (
    <span className="quiet small row-links">
      {strings.rowsInto}{' '}
      {rows.slice(0, LINKED_ROWS).map(row => (
        <button
          key={row}
          type="button"
          className="link"
          aria-label={wizardStrings.preflight.showRow(formatCount(row))}
          onClick={() => {
            setRow(row);
            go('masking');
          }}
        >
          {formatCount(row)}
        </button>
      ))}
      {rows.length > LINKED_ROWS && <span>…</span>}
    </span>
  );
}

function BatchRow({
  segments,
  length,
}: {
  readonly segments: BatchView['rows'][number];
  readonly length: number;
}) {
  const width = (tokens: number) => ({ width: `${(tokens / length) * 100}%` });
  return (
    <div className="batch-row">
      {segments.map(({ tokens, trained }, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: examples have no name but their place
        <span key={i} className="batch-example" style={width(tokens)}>
          <span className="fill-masked" style={{ width: `${((tokens - trained) / tokens) * 100}%` }} />
          <span className="fill-trained" style={{ width: `${(trained / tokens) * 100}%` }} />
        </span>
      ))}
    </div>
  );
}

function BatchLegend() {
  const { legend } = strings;
  return (
    <p className="legend small soft">
      <span>
        <i className="key fill-trained" />
        {legend.trained}
      </span>
      <span>
        <i className="key fill-masked" />
        {legend.masked}
      </span>
      <span>
        <i className="key fill-padding" />
        {legend.padding}
      </span>
      <span>
        <i className="key key-border" />
        {legend.border}
      </span>
    </p>
  );
}
