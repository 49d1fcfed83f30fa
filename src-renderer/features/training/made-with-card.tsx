/** What a run was made with: its recipe, preflight's report as it was, and the files, versions and device behind it. */
import { useState } from 'react';
import type { RunDetails } from '../../../src-shared/domain/run.ts';
import type { Checkpoint } from '../../../src-shared/domain/training.ts';
import { useQuery } from '../../backend-client/backend-context.tsx';
import { CheckItem } from '../../checks/check-item.tsx';
import { checksOf, worstFirst } from '../../checks/check-order.ts';
import { SeverityIcon } from '../../checks/severity-icon.tsx';
import { formatCount } from '../../format/numbers.ts';
import { runPageStrings } from '../../strings/run-page.ts';
import { strings } from '../../strings.ts';
import { ErrorCallout } from '../../ui/callout.tsx';
import { Card } from '../../ui/card.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { originOf } from './recipe-facts.ts';

const words = runPageStrings.madeWith;
const PARTS = ['recipe', 'preflight', 'origin'] as const;
type Part = (typeof PARTS)[number];
const OPTIONS = PARTS.map(value => ({ value, label: words.parts[value] }));

interface MadeWithCardProps {
  readonly record: Pick<RunDetails, 'id' | 'recipe' | 'hashes' | 'versions' | 'preflight'>;
  readonly checkpoints: readonly Checkpoint[];
}

export function MadeWithCard({ record, checkpoints }: MadeWithCardProps) {
  const [part, setPart] = useState<Part>('recipe');
  return (
    <Card
      title={words.title}
      actions={<Segmented<Part> label={words.show} value={part} onChange={setPart} options={OPTIONS} />}
    >
      {part === 'recipe' && <RecipeText id={record.id} />}
      {part === 'preflight' && <PreflightAsItWas report={record.preflight} />}
      {part === 'origin' && <Origin record={record} checkpoints={checkpoints} />}
    </Card>
  );
}

function RecipeText({ id }: { readonly id: string }) {
  const recipe = useQuery('runs.recipe', { id });
  if (recipe.status === 'loading') return <p className="card-body soft">{strings.app.loading}</p>;
  if (recipe.status === 'failed') {
    return (
      <div className="card-body">
        <ErrorCallout error={recipe.error} />
      </div>
    );
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    // biome-ignore lint/a11y/useSemanticElements: a fieldset does not scroll
    <div className="yaml made-with-recipe" tabIndex={0} role="group" aria-label={words.parts.recipe}>
      <pre>{recipe.value.yaml}</pre>
    </div>
  );
}

function PreflightAsItWas({ report }: { readonly report: RunDetails['preflight'] }) {
  const { totals, estimate } = report;
  const passed = checksOf(report, 'ok');
  return (
    <>
      <p className="card-body made-with-totals">
        {words.totals(
          formatCount(totals.kept),
          formatCount(totals.examples),
          formatCount(totals.trainableTokens),
        )}
      </p>
      <ul className="checks" aria-label={words.parts.preflight}>
        {worstFirst(report.checks).map(check => (
          <CheckItem key={check.id} check={check}>
            {check.allowed === true && <p className="small warn">{words.allowed}</p>}
          </CheckItem>
        ))}
        {passed.length > 0 && (
          <li>
            <SeverityIcon severity="ok" />
            <div>
              <h3>{strings.preflight.passed(passed.length)}</h3>
              <p className="wrap">{passed.map(({ title }) => title).join(' · ')}</p>
            </div>
          </li>
        )}
      </ul>
      {estimate.assumptions.length > 0 && <p className="card-foot">{estimate.assumptions.join(' ')}</p>}
    </>
  );
}

function Origin({ record: { id, recipe, hashes, versions }, checkpoints }: MadeWithCardProps) {
  const { device, seed, model, data } = originOf(recipe, versions);
  const { device: _device, ...programs } = versions;
  return (
    <dl className="card-body facts facts-left made-with-origin">
      <dt>{words.id}</dt>
      <dd className="mono">{id}</dd>
      <dt>{words.model}</dt>
      <dd>{model}</dd>
      <dt>{words.data}</dt>
      <dd>{data}</dd>
      {(['model', 'data', 'template', 'preparedDataset'] as const).map(name => (
        <FactRow key={name} name={words.hashes[name]}>
          <code>{hashes[name]}</code>
        </FactRow>
      ))}
      <dt>{words.seed}</dt>
      <dd>{seed}</dd>
      <dt>{words.device}</dt>
      <dd>{device}</dd>
      {Object.entries(programs).map(([name, version]) => (
        <FactRow key={name} name={words.versions[name] ?? name}>
          {version}
        </FactRow>
      ))}
      {checkpoints.map(({ step, path }) => (
        <FactRow key={step} name={words.checkpoint(formatCount(step))}>
          <code>{path}</code>
        </FactRow>
      ))}
    </dl>
  );
}

function FactRow({ name, children }: { readonly name: string; readonly children: React.ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}
