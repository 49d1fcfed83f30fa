/** Step 4: which tokens are trained; the effect of each strategy in numbers, and on the row itself. */
import { useEffect, useId, useRef, useState } from 'react';
import { useBackend } from '../../backend-client/backend-context.tsx';
import { useAnswer } from '../../backend-client/use-answer.ts';
import { valueAt } from '../../draft/recipe-values.ts';
import { formatCount, formatShare } from '../../format/numbers.ts';
import { wizardStrings } from '../../strings/wizard.ts';
import type { RenderInspector } from './inspector-slot.ts';
import { NumberField, SwitchField, TextField, useField } from './recipe-fields.tsx';
import { useWizard } from './use-wizard.tsx';
import { WizardInspector } from './wizard-inspector.tsx';

const strings = wizardStrings.masking;
const COMPARED_ROWS = 200;
const STRATEGIES = Object.keys(strings.names);

export function MaskingStep({ renderInspector }: { readonly renderInspector: RenderInspector }) {
  const { draft } = useWizard();
  const strategy = useField('masking.strategy');
  const compared = useAnswer(
    'labels.compare',
    draft.whole && { recipe: draft.whole, rows: COMPARED_ROWS },
    200,
  );
  const client = useBackend();
  const group = useId();
  const [chosen, setChosen] = useState<string | null>(null);
  /** Markers that fit the template come with the choice, as one step of undo. */
  const choose = async (name: string) => {
    setChosen(name);
    const needsMarkers = name === 'markers' && valueAt(draft.recipe, 'masking.markers.response') === null;
    const proposed =
      needsMarkers && draft.whole ? await client.call('labels.markers', { recipe: draft.whole }) : null;
    const markers =
      proposed?.ok && proposed.value.response !== null ? { 'masking.markers': proposed.value } : {};
    draft.store.set({ 'masking.strategy': name, ...markers });
    setChosen(null);
  };
  const effects = new Map(compared.value?.strategies.map(effect => [effect.strategy, effect]));
  return (
    <div className="masking">
      <aside className="masking-side" aria-label={strings.strategy}>
        <div className="pane-head">
          <h1 className="pane-title">{strings.title}</h1>
          <p>
            {strings.lead} {compared.value && strings.over(formatCount(compared.value.rows))}
          </p>
        </div>
        <fieldset className="choices">
          <legend className="sr-only">{strings.strategy}</legend>
          {STRATEGIES.map(name => (
            <Choice
              key={name}
              name={name}
              group={group}
              isChosen={(chosen ?? strategy.value) === name}
              effect={effects.get(name) ?? null}
              onChoose={() => void choose(name)}
            />
          ))}
        </fieldset>
        <div className="pane-fields">
          {strategy.value === 'markers' && <Markers />}
          <SwitchField field="masking.trainOnEndOfTurn" label={strings.end} />
          <NumberField field="collator.maxLength" label={wizardStrings.collator.maxLength} />
        </div>
      </aside>
      <WizardInspector renderInspector={renderInspector} />
    </div>
  );
}

interface ChoiceProps {
  readonly name: string;
  readonly group: string;
  readonly isChosen: boolean;
  readonly effect: {
    readonly trained: number;
    readonly tokens: number;
    readonly rowsWithoutLabels: number;
  } | null;
  onChoose(): void;
}

function Choice({ name, group, isChosen, effect, onChoose }: ChoiceProps) {
  const share = effect && effect.tokens > 0 ? effect.trained / effect.tokens : 0;
  return (
    <label className={`choice${isChosen ? ' is-on' : ''}`}>
      <input type="radio" className="radio" name={group} checked={isChosen} onChange={onChoose} />
      <span className="choice-name">{strings.names[name]}</span>
      <span className="num">
        {effect && (
          <>
            {formatCount(effect.trained)}{' '}
            <span className="unit">{formatShare(Math.round(share * 1000) / 1000)}</span>
          </>
        )}
      </span>
      <span className="choice-note">
        {strings.notes[name]}
        {effect && effect.rowsWithoutLabels > 0 && (
          <span className="warn choice-warn">
            {' '}
            {strings.withoutLabels(formatCount(effect.rowsWithoutLabels))}.
          </span>
        )}
      </span>
      {effect && (
        <span className="bar" aria-hidden="true">
          <span className="fill-trained" style={{ width: `${share * 100}%` }} />
          <span className="fill-masked" style={{ width: `${(1 - share) * 100}%` }} />
        </span>
      )}
    </label>
  );
}

/** Comes into view when the strategy asks for it. */
function Markers() {
  const fields = useRef<HTMLDivElement>(null);
  useEffect(() => fields.current?.scrollIntoView({ block: 'nearest' }), []);
  return (
    <div ref={fields} className="stack-3">
      <TextField field="masking.markers.instruction" label={strings.instruction} mayBeNone isLong />
      <TextField field="masking.markers.response" label={strings.response} mayBeNone isLong />
    </div>
  );
}
