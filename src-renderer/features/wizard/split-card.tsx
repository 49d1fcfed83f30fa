/** Which examples are held back to see how well the model does on what it was not trained on. */

import { DATA_EXTENSIONS } from '../../../src-shared/domain/dropped-file.ts';
import { RECIPE_FIELDS } from '../../../src-shared/recipe/fields.ts';
import { PathField } from '../../files/path-field.tsx';
import { wizardStrings } from '../../strings/wizard.ts';
import { Card } from '../../ui/card.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { NumberField, useField } from './recipe-fields.tsx';

const strings = wizardStrings.data;
type Kind = keyof typeof strings.splits;
const DEFAULTS = { fraction: { fraction: 0.05 }, path: { path: '' }, none: 'none' } as const;

export function SplitCard() {
  const { value, set, fault } = useField('dataset.validation');
  const kind: Kind =
    typeof value === 'object' && value !== null ? ('path' in value ? 'path' : 'fraction') : 'none';
  return (
    <Card title={strings.split}>
      <div className="card-body stack-3">
        <Segmented
          label={strings.split}
          value={kind}
          options={Object.entries(strings.splits).map(([name, label]) => ({ value: name as Kind, label }))}
          onChange={next => set(DEFAULTS[next])}
        />
        {kind === 'fraction' && <NumberField field="dataset.validation.fraction" label={strings.share} />}
        {kind === 'path' && (
          <PathField
            label={strings.validationFile}
            help=""
            value={String((value as { path: unknown }).path)}
            extensions={DATA_EXTENSIONS}
            error={fault && <p className="field-error">{fault}</p>}
            onChange={path => set({ path })}
          />
        )}
        <p className="meaning">{RECIPE_FIELDS['dataset.validation']?.meaning}</p>
      </div>
    </Card>
  );
}
