/** Fields of the recipe: each reads and writes one key, and says what it means and what is wrong with it. */
import { OctagonAlert } from 'lucide-react';
import { type ReactNode, useEffect, useId, useState } from 'react';
import { RECIPE_FIELDS } from '../../../src-shared/recipe/fields.ts';
import { valueAt } from '../../draft/recipe-values.ts';
import { wizardStrings } from '../../strings/wizard.ts';
import { Prose } from '../../ui/prose.tsx';
import { useWizard } from './use-wizard.tsx';

const strings = wizardStrings.fields;

/** What stands at a key, how to change it, and its fault in words. */
export function useField(key: string) {
  const { draft } = useWizard();
  const fault = draft.faults.find(({ path }) => path === key || path.startsWith(`${key}.`));
  return {
    value: valueAt(draft.recipe, key),
    set: (value: unknown) => draft.store.set({ [key]: value }),
    fault: fault ? strings.found(fault.allowed, fault.nearest) : null,
  };
}

interface FieldProps {
  readonly field: string;
  readonly label: string;
}

interface NumberFieldProps extends FieldProps {
  /** Where the key may be null: an empty field. */
  readonly mayBeNone?: boolean;
  /** Shown beside the meaning: a live effect. */
  readonly effect?: ReactNode;
}

export function NumberField({ field, label, mayBeNone = false, effect }: NumberFieldProps) {
  const id = useId();
  const { value, set, fault } = useField(field);
  const written = value === null || value === undefined ? '' : String(value);
  const [typed, setTyped] = useState(written);
  useEffect(() => {
    setTyped(before => (sameNumber(before, written) ? before : written));
  }, [written]);
  const unit = RECIPE_FIELDS[field]?.unit;
  return (
    <div className="form-row">
      <label htmlFor={id}>{label}</label>
      <span className="row form-control">
        <span className="field">
          <input
            id={id}
            className="number-input"
            inputMode="decimal"
            autoComplete="off"
            value={typed}
            placeholder={mayBeNone ? strings.none : undefined}
            aria-invalid={fault !== null}
            aria-describedby={`${id}-help`}
            onChange={event => {
              const text = event.target.value;
              setTyped(text);
              set(asNumber(text, mayBeNone));
            }}
          />
        </span>
        {unit && <span className="unit">{unit}</span>}
      </span>
      <FieldHelp id={`${id}-help`} field={field} fault={fault} effect={effect} />
    </div>
  );
}

/** Anything that is no number stays as it was typed: the recipe's check says what is allowed. */
function asNumber(text: string, mayBeNone: boolean): number | string | null {
  const trimmed = text.trim();
  if (trimmed === '') return mayBeNone ? null : '';
  const number = Number(trimmed);
  return Number.isFinite(number) ? number : trimmed;
}

function sameNumber(typed: string, written: string): boolean {
  return typed === written || (typed.trim() !== '' && written !== '' && Number(typed) === Number(written));
}

interface ChoiceFieldProps extends FieldProps {
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly effect?: ReactNode;
}

export function ChoiceField({ field, label, options, effect }: ChoiceFieldProps) {
  const id = useId();
  const { value, set, fault } = useField(field);
  return (
    <div className="form-row">
      <label htmlFor={id}>{label}</label>
      <span className="field form-control">
        <select
          id={id}
          value={String(value)}
          aria-describedby={`${id}-help`}
          aria-invalid={fault !== null}
          onChange={event => set(event.target.value)}
        >
          {!options.some(option => option.value === String(value)) && (
            <option value={String(value)}>{String(value)}</option>
          )}
          {options.map(option => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      </span>
      <FieldHelp id={`${id}-help`} field={field} fault={fault} effect={effect} />
    </div>
  );
}

export function SwitchField({ field, label }: FieldProps) {
  const id = useId();
  const { value, set, fault } = useField(field);
  return (
    <div className="form-row">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="checkbox"
        className="check form-control"
        checked={value === true}
        aria-describedby={`${id}-help`}
        onChange={event => set(event.target.checked)}
      />
      <FieldHelp id={`${id}-help`} field={field} fault={fault} />
    </div>
  );
}

interface TextFieldProps extends FieldProps {
  /** An empty field means null. */
  readonly mayBeNone?: boolean;
  readonly isLong?: boolean;
}

export function TextField({ field, label, mayBeNone = false, isLong = false }: TextFieldProps) {
  const id = useId();
  const { value, set, fault } = useField(field);
  const shared = {
    id,
    value: typeof value === 'string' ? value : '',
    'aria-describedby': `${id}-help`,
    'aria-invalid': fault !== null,
    onChange: (event: { readonly target: { readonly value: string } }) =>
      set(mayBeNone && event.target.value === '' ? null : event.target.value),
  };
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {isLong ? (
        <textarea rows={3} {...shared} />
      ) : (
        <input autoComplete="off" spellCheck={false} {...shared} />
      )}
      <FieldHelp id={`${id}-help`} field={field} fault={fault} />
    </div>
  );
}

interface FieldHelpProps {
  readonly id: string;
  readonly field: string;
  readonly fault: string | null;
  readonly effect?: ReactNode;
}

function FieldHelp({ id, field, fault, effect }: FieldHelpProps) {
  const explanation = RECIPE_FIELDS[field];
  const hints = [
    explanation?.usual && (
      <span key="usual">
        <b>{strings.usual}</b> {explanation.usual}.{' '}
      </span>
    ),
    explanation?.raising && (
      <span key="raising">
        <b>{strings.raised}</b> {explanation.raising.charAt(0).toLowerCase() + explanation.raising.slice(1)}
      </span>
    ),
  ].filter(Boolean);
  return (
    <div id={id} className="form-help">
      {fault && (
        <p className="field-error">
          <OctagonAlert size={12} aria-hidden="true" />
          {fault}
        </p>
      )}
      {explanation && <p className="meaning">{explanation.meaning}</p>}
      {hints.length > 0 && <p className="hints">{hints}</p>}
      {effect && <p className="effect">{typeof effect === 'string' ? <Prose>{effect}</Prose> : effect}</p>}
    </div>
  );
}
