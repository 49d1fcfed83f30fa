/** Step 6: what matters most first, every other setting one click away, and what it comes to as one types. */
import { CircleCheck, OctagonAlert, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { gpuOfRun } from '../../../src-shared/domain/device.ts';
import { TARGET_MODULES } from '../../../src-shared/recipe/schema.ts';
import { useQuery } from '../../backend-client/backend-context.tsx';
import { valueAt } from '../../draft/recipe-values.ts';
import { formatBytes, formatCount, formatLarge } from '../../format/numbers.ts';
import { formatStepTime } from '../../format/times.ts';
import { wizardStrings } from '../../strings/wizard.ts';
import { StatusWord } from '../../ui/badge.tsx';
import { Card } from '../../ui/card.tsx';
import { Assumptions } from './assumptions.tsx';
import { ChoiceField, NumberField, SwitchField, useField } from './recipe-fields.tsx';
import { BetasField, InitialAdapterField, LayersField, SamplePromptsField } from './training-fields.tsx';
import { useWizard } from './use-wizard.tsx';

const strings = wizardStrings.training;
const { labels } = strings;
const plain = (...values: string[]) => values.map(value => ({ value, label: value }));

export function TrainingStep() {
  const [isAdvanced, setIsAdvanced] = useState(false);
  const number = (field: string, mayBeNone = false) => (
    <NumberField field={field} label={labels[field] ?? field} mayBeNone={mayBeNone} />
  );
  const choice = (field: string, ...values: string[]) => (
    <ChoiceField field={field} label={labels[field] ?? field} options={plain(...values)} />
  );
  return (
    <div className="page page-side">
      <header className="page-head">
        <h1>{strings.title}</h1>
        <p>{strings.lead}</p>
      </header>
      <div className="stack-4">
        <Card title={strings.simple}>
          <div className="card-body field-grid">
            {number('training.epochs')}
            {number('training.learningRate')}
            {number('adapter.rank')}
            {number('adapter.alpha')}
            {number('training.batchSize')}
            {number('training.gradientAccumulationSteps')}
          </div>
        </Card>
        <label className="row advanced-switch">
          <input
            type="checkbox"
            className="check"
            checked={isAdvanced}
            onChange={event => setIsAdvanced(event.target.checked)}
          />
          {strings.advanced}
        </label>
        {isAdvanced && (
          <>
            <Card title={strings.adapter}>
              <div className="card-body field-grid">
                <TargetModules />
                <SwitchField field="adapter.rsLora" label={labels['adapter.rsLora'] ?? ''} />
                {number('adapter.dropout')}
                <LayersField />
                <InitialAdapterField />
              </div>
            </Card>
            <Card title={strings.optimizer}>
              <div className="card-body field-grid">
                {number('training.maxSteps', true)}
                {choice('training.scheduler', 'constant', 'linear', 'cosine')}
                {number('training.warmupSteps')}
                {choice('training.optimizer', 'adamw', 'sgd')}
                {number('training.weightDecay')}
                {number('training.maxGradNorm')}
                <BetasField />
                {number('training.epsilon')}
                {number('training.neftuneAlpha')}
                {choice('training.gradientCheckpointing', 'auto', 'on', 'off')}
                {number('training.seed')}
                <SwitchField field="training.shuffle" label={labels['training.shuffle'] ?? ''} />
              </div>
            </Card>
            <Card title={strings.rhythm}>
              <div className="card-body field-grid">
                {number('training.evaluateEverySteps')}
                {number('training.checkpointEverySteps')}
                {number('training.keepCheckpoints')}
                {number('training.earlyStoppingPatience')}
                {number('training.sampleEverySteps')}
                <SamplePromptsField />
              </div>
            </Card>
            <Card title={strings.device}>
              <div className="card-body field-grid">
                {choice('device.backend', 'auto', 'cpu', 'vulkan', 'cuda', 'metal')}
                {number('device.threads', true)}
              </div>
            </Card>
          </>
        )}
      </div>
      <aside className="stack-4" aria-label={strings.seen}>
        <SeenCard />
        <MemoryCard />
      </aside>
    </div>
  );
}

function TargetModules() {
  const { facts } = useWizard();
  const { value, set, fault } = useField('adapter.targetModules');
  const chosen = Array.isArray(value) ? value.map(String) : [];
  const names = facts.value?.targetModules.length ? facts.value.targetModules : TARGET_MODULES;
  return (
    <fieldset className="form-row">
      <legend className="form-legend">{labels['adapter.targetModules']}</legend>
      <div className="form-help row row-wrap">
        {names.map(name => (
          <label key={name} className="row module">
            <input
              type="checkbox"
              className="check"
              checked={chosen.includes(name)}
              onChange={event =>
                set(event.target.checked ? [...chosen, name] : chosen.filter(other => other !== name))
              }
            />
            <code>{name}</code>
          </label>
        ))}
        {fault && <p className="field-error">{fault}</p>}
      </div>
    </fieldset>
  );
}

/** Below so many updates, a run hardly learns. */
const FEW_STEPS = 20;

function SeenCard() {
  const { draft, preparation } = useWizard();
  const totals = preparation.prepared?.report.totals;
  const at = (key: string) => {
    const value = valueAt(draft.recipe, key);
    return typeof value === 'number' && Number.isFinite(value) ? value : 0;
  };
  const perStep = at('training.batchSize') * at('training.gradientAccumulationSteps');
  if (!totals || perStep === 0) {
    return (
      <Card title={strings.seen}>
        <p className="card-body soft">{strings.waiting}</p>
      </Card>
    );
  }
  const seenShare =
    totals.kept === 0 ? 0 : Math.min(at('training.epochs'), (totals.steps * perStep) / totals.kept);
  return (
    <Card title={strings.seen}>
      <div className="card-body stack-3">
        <dl className={`facts facts-numbers${preparation.isPending ? ' is-old' : ''}`}>
          <dt>{strings.steps}</dt>
          <dd className="strong">{formatCount(totals.steps)}</dd>
          <dt>{strings.perStep}</dt>
          <dd>{formatCount(perStep)}</dd>
          <dt>{strings.tokensSeen}</dt>
          <dd>{formatLarge(Math.round(totals.tokens * seenShare))}</dd>
          <dt>{strings.trainedSeen}</dt>
          <dd>{formatLarge(Math.round(totals.trainableTokens * seenShare))}</dd>
        </dl>
        {totals.steps > 0 && totals.steps < FEW_STEPS && (
          <StatusWord tone="warn" icon={TriangleAlert}>
            {strings.fewSteps(formatCount(totals.steps))}
          </StatusWord>
        )}
      </div>
    </Card>
  );
}

function MemoryCard() {
  const { draft, preparation } = useWizard();
  const info = useQuery('app.info', {});
  const estimate = preparation.prepared?.report.estimate;
  if (!estimate || info.status !== 'ready') return null;
  const gpu = gpuOfRun(info.value.devices, String(valueAt(draft.recipe, 'device.backend')));
  const { memoryFreeBytes: free, memoryTotalBytes: total } = gpu ?? info.value;
  const needed = estimate.memoryBytes;
  const share = (bytes: number) => ({ width: `${Math.min(100, (bytes / total) * 100)}%` });
  return (
    <Card title={strings.memory}>
      <div className="card-body stack-2">
        <p className="row">
          <strong className="grow">{strings.needed(formatBytes(needed))}</strong>
          {needed > free ? (
            <StatusWord tone="error" icon={OctagonAlert}>
              {strings.tooMuch}
            </StatusWord>
          ) : needed > free * 0.8 ? (
            <StatusWord tone="warn" icon={TriangleAlert}>
              {strings.tight}
            </StatusWord>
          ) : (
            <StatusWord tone="ok" icon={CircleCheck}>
              {strings.fits}
            </StatusWord>
          )}
        </p>
        <div className="bar bar-8" aria-hidden="true">
          <span className="fill-used" style={share(total - free)} />
          <span style={share(needed)} />
        </div>
        <p className="small quiet">
          {strings.ofFree(formatBytes(free), formatBytes(total), gpu?.description ?? null)}
        </p>
        <dl className="facts">
          <dt>{strings.time}</dt>
          <dd>
            {estimate.secondsPerStep === null
              ? strings.notMeasured
              : formatStepTime(estimate.secondsPerStep * 1000)}
          </dd>
        </dl>
      </div>
      <Assumptions lines={estimate.assumptions} />
    </Card>
  );
}
