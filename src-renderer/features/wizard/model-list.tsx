/** The GGUF files of this machine: those that can be trained first, the others with the reason. */
import { Ban, CircleCheck, RefreshCw, Search } from 'lucide-react';
import { useEffect, useId, useState } from 'react';
import type { ListedModel } from '../../../src-shared/domain/inspection.ts';
import { useBackend, useQuery } from '../../backend-client/backend-context.tsx';
import { AddFolder } from '../../files/add-folder.tsx';
import { formatCount, formatLarge } from '../../format/numbers.ts';
import { wizardStrings } from '../../strings/wizard.ts';
import { StatusWord } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { ErrorCallout } from '../../ui/callout.tsx';
import { Card } from '../../ui/card.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { useField } from './recipe-fields.tsx';

const strings = wizardStrings.model;
type Shown = keyof typeof strings.shows;

export function ModelList() {
  const found = useModels();
  const [filter, setFilter] = useState('');
  const [shown, setShown] = useState<Shown>('all');
  const models = found.status === 'ready' ? found.value.models : [];
  const trainable = models.filter(model => model.trainable);
  const listed = [...trainable, ...(shown === 'all' ? models.filter(model => !model.trainable) : [])].filter(
    ({ name, architecture }) => `${name} ${architecture ?? ''}`.toLowerCase().includes(filter.toLowerCase()),
  );
  return (
    <Card
      title={strings.found}
      actions={
        <>
          {found.status === 'ready' && models.length > 0 && (
            <span className="small quiet">
              {strings.foundCount(formatCount(models.length), formatCount(trainable.length))}
            </span>
          )}
          <Button variant="quiet" icon={RefreshCw} onClick={found.reload}>
            {strings.rescan}
          </Button>
        </>
      }
    >
      {models.length > 5 && (
        <div className="row row-wrap pager">
          <span className="field model-filter">
            <Search size={14} strokeWidth={1.5} aria-hidden="true" />
            <input
              aria-label={strings.filter}
              placeholder={strings.filter}
              value={filter}
              onChange={event => setFilter(event.target.value)}
            />
          </span>
          <Segmented<Shown>
            label={strings.show}
            value={shown}
            options={Object.entries(strings.shows).map(([value, label]) => ({
              value: value as Shown,
              label,
            }))}
            onChange={setShown}
          />
        </div>
      )}
      {found.status === 'loading' && (
        <p className="card-body row soft">
          <span className="spinner" aria-hidden="true" />
          {strings.searching}
        </p>
      )}
      {found.status === 'failed' && (
        <div className="card-body">
          <ErrorCallout error={found.error} />
        </div>
      )}
      {found.status === 'ready' && models.length === 0 && (
        <p className="card-body soft">{strings.noneFound}</p>
      )}
      {listed.length > 0 && <Models models={listed} />}
      <div className="card-actions">
        <AddFolder />
      </div>
    </Card>
  );
}

/** Looked for again when other folders are to be looked through. */
function useModels() {
  const client = useBackend();
  const found = useQuery('models.list', {});
  const { reload } = found;
  useEffect(
    () =>
      client.subscribe(
        'settings.changed',
        {},
        { event: ({ names }) => names.includes('modelFolders') && reload() },
      ),
    [client, reload],
  );
  return found;
}

function Models({ models }: { readonly models: readonly ListedModel[] }) {
  const name = useId();
  const path = useField('model.path');
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    // biome-ignore lint/a11y/useSemanticElements: a fieldset does not scroll
    <div className="model-list" role="group" aria-label={strings.found} tabIndex={0}>
      <table className="table">
        <colgroup>
          <col />
          <col className="wide-only" style={{ width: '112px' }} />
          <col style={{ width: '88px' }} />
          <col className="wide-only" style={{ width: '84px' }} />
          <col style={{ width: '40%' }} />
        </colgroup>
        <thead>
          <tr>
            <th scope="col">{strings.columns.name}</th>
            <th scope="col" className="wide-only">
              {strings.columns.architecture}
            </th>
            <th scope="col" className="num">
              {strings.columns.parameters}
            </th>
            <th scope="col" className="wide-only">
              {strings.columns.weights}
            </th>
            <th scope="col">{strings.columns.training}</th>
          </tr>
        </thead>
        <tbody>
          {models.map(model => (
            <tr
              key={model.path}
              aria-selected={path.value === model.path}
              className={model.trainable ? undefined : 'soft'}
              title={model.path}
            >
              <td>
                <label className="row">
                  <input
                    type="radio"
                    className="radio"
                    name={name}
                    aria-label={strings.choose(model.name)}
                    checked={path.value === model.path}
                    onChange={() => path.set(model.path)}
                  />
                  <span className="clip">{model.name}</span>
                </label>
              </td>
              <td className="wide-only">{model.architecture}</td>
              <td className="num">{model.parameters === null ? '' : formatLarge(model.parameters)}</td>
              <td className="wide-only">{model.quantization}</td>
              <td title={model.reason ?? undefined}>
                {model.trainable ? (
                  <StatusWord tone="ok" icon={CircleCheck}>
                    {strings.yes}
                  </StatusWord>
                ) : (
                  <StatusWord tone="neutral" icon={Ban}>
                    <span className="clip">{model.reason}</span>
                  </StatusWord>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
