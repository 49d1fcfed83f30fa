/** Step 1: the demo at one click, the model file and what it is, or a recipe that fills every step. */
import { Ban, CircleCheck, Info } from 'lucide-react';
import { useCallback, useEffect, useState } from 'react';
import type { CodedError } from '../../../src-shared/contract/coded-error.ts';
import type { ProcedureInput } from '../../../src-shared/contract/procedures.ts';
import type { ModelFacts } from '../../../src-shared/domain/inspection.ts';
import { useBackend } from '../../backend-client/backend-context.tsx';
import type { DraftRecipe } from '../../draft/recipe-values.ts';
import { PathField } from '../../files/path-field.tsx';
import { formatBytes, formatCount, formatLarge } from '../../format/numbers.ts';
import { wizardStrings } from '../../strings/wizard.ts';
import { StatusWord } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { ErrorCallout } from '../../ui/callout.tsx';
import { Card } from '../../ui/card.tsx';
import { DemoCard } from './demo-card.tsx';
import { DeviceCard } from './device-card.tsx';
import { valuesForModel } from './follow-choices.ts';
import { ModelList } from './model-list.tsx';
import { useField } from './recipe-fields.tsx';
import { useWizard } from './use-wizard.tsx';

const strings = wizardStrings.model;

export function ModelStep({ onStarted }: { onStarted(id: string): void }) {
  const { facts } = useWizard();
  const path = useField('model.path');
  useFollowModel();
  return (
    <div className="page page-side">
      <header className="page-head">
        <h1>{strings.title}</h1>
        <p>{strings.lead}</p>
      </header>
      <div className="stack-4">
        <DemoCard onStarted={onStarted} />
        <ModelList />
        <Card title={strings.file}>
          <div className="card-body stack-3">
            <PathField
              label={strings.file}
              help={strings.fileHelp}
              placeholder={strings.placeholder}
              value={String(path.value ?? '')}
              extensions={['.gguf']}
              onChange={path.set}
            />
            {facts.error && <ErrorCallout error={facts.error} />}
            {facts.isPending && <p className="soft">{strings.reading}</p>}
            {facts.value && !facts.error && <Trainable facts={facts.value} />}
          </div>
        </Card>
        <RecipeOpener />
      </div>
      <aside className="stack-4" aria-label={strings.facts}>
        {facts.value && !facts.error && <ModelCard facts={facts.value} />}
        <DeviceCard />
      </aside>
    </div>
  );
}

/** Defaults follow the model once it is known. */
function useFollowModel(): void {
  const { facts, draft } = useWizard();
  const { value, error, isPending } = facts;
  const { store } = draft;
  useEffect(() => {
    if (!value || error || isPending) return;
    const values = valuesForModel(value, store.get().recipe);
    if (Object.keys(values).length > 0) store.follow(values);
  }, [value, error, isPending, store]);
}

function Trainable({ facts }: { readonly facts: ModelFacts }) {
  if (facts.vocabularyOnly) {
    return (
      <StatusWord tone="info" icon={Info}>
        {strings.vocabularyOnly}
      </StatusWord>
    );
  }
  if (facts.untrainableReason !== null) {
    return (
      <p>
        <StatusWord tone="error" icon={Ban}>
          {strings.untrainable}
        </StatusWord>{' '}
        <span className="soft">{facts.untrainableReason}</span>
      </p>
    );
  }
  return (
    <StatusWord tone="ok" icon={CircleCheck}>
      {strings.trainable}
    </StatusWord>
  );
}

function ModelCard({ facts }: { readonly facts: ModelFacts }) {
  return (
    <Card title={facts.name}>
      <div className="card-body">
        <dl className="facts">
          <dt>{strings.architecture}</dt>
          <dd>{facts.architecture}</dd>
          <dt>{strings.parameters}</dt>
          <dd>{formatLarge(facts.parameters)}</dd>
          <dt>{strings.quantization}</dt>
          <dd>{facts.quantization}</dd>
          <dt>{strings.fileSize}</dt>
          <dd>{formatBytes(facts.fileBytes)}</dd>
          <dt>{strings.context}</dt>
          <dd>
            {formatCount(facts.contextLength)} <span className="unit">{strings.tokens}</span>
          </dd>
          <dt>{strings.layers}</dt>
          <dd>{formatCount(facts.layers)}</dd>
          <dt>{strings.template}</dt>
          <dd>{facts.hasTemplate ? strings.hasTemplate : strings.noTemplate}</dd>
          {facts.endToken !== null && (
            <>
              <dt>{strings.end}</dt>
              <dd className="mono">{facts.endToken}</dd>
            </>
          )}
        </dl>
      </div>
    </Card>
  );
}

function RecipeOpener() {
  const { draft, go } = useWizard();
  const client = useBackend();
  const [path, setPath] = useState('');
  const [error, setError] = useState<CodedError | null>(null);
  const open = useCallback(
    async (source: ProcedureInput<'recipe.open'>) => {
      const outcome = await client.call('recipe.open', source);
      setError(outcome.ok ? null : outcome.error);
      if (!outcome.ok) return;
      const { recipe, path: opened, parent } = outcome.value;
      draft.store.replace(recipe as DraftRecipe, opened, parent);
      go('preflight');
    },
    [client, draft.store, go],
  );
  return (
    <Card title={strings.openRecipe}>
      <form
        className="card-body stack-3"
        onSubmit={event => {
          event.preventDefault();
          if (path !== '') void open({ kind: 'file', path });
        }}
      >
        <PathField
          label={wizardStrings.document.path}
          help={strings.openRecipeHelp}
          placeholder="/home/me/support-bot.luthier.yaml"
          value={path}
          extensions={['.yaml', '.yml']}
          onChange={setPath}
        >
          <Button type="submit">{strings.openRecipe}</Button>
        </PathField>
        <div className="row">
          <Button onClick={() => void open({ kind: 'demo' })}>{strings.openDemo}</Button>
        </div>
        {error && <ErrorCallout error={error} />}
      </form>
    </Card>
  );
}
