/** Fields of the training step whose values are more than one number: layers, betas, prompts, an adapter to go on from. */
import { useEffect, useId, useState } from 'react';
import { RECIPE_FIELDS } from '../../../src-shared/recipe/fields.ts';
import { PathField } from '../../files/path-field.tsx';
import { wizardStrings } from '../../strings/wizard.ts';
import { useField } from './recipe-fields.tsx';

const strings = wizardStrings.training;

interface LinesFieldProps {
  readonly field: string;
  readonly label: string;
  readonly rows?: number;
  /** What is typed → the recipe's value; anything, since the recipe's check says what is allowed. */
  parse(text: string): unknown;
  write(value: unknown): string;
}

function ParsedField({ field, label, rows, parse, write }: LinesFieldProps) {
  const id = useId();
  const { value, set, fault } = useField(field);
  const written = write(value);
  const [typed, setTyped] = useState(written);
  useEffect(() => {
    setTyped(before => (write(parse(before)) === written ? before : written));
  }, [written, parse, write]);
  const shared = {
    id,
    value: typed,
    'aria-invalid': fault !== null,
    'aria-describedby': `${id}-help`,
    onChange: (event: { readonly target: { readonly value: string } }) => {
      setTyped(event.target.value);
      set(parse(event.target.value));
    },
  };
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {rows === undefined ? <input autoComplete="off" {...shared} /> : <textarea rows={rows} {...shared} />}
      <div id={`${id}-help`} className="form-help">
        {fault && <p className="field-error">{fault}</p>}
        <p className="meaning">{RECIPE_FIELDS[field]?.meaning}</p>
      </div>
    </div>
  );
}

/** Empty: all layers; a number: the last so many. */
export function LayersField() {
  return (
    <ParsedField
      field="adapter.layers"
      label={strings.labels['adapter.layers'] ?? ''}
      parse={parseLayers}
      write={writeLayers}
    />
  );
}

function parseLayers(text: string): unknown {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed === 'all') return 'all';
  const last = Number(trimmed.replace(/^last\s+/, ''));
  return Number.isFinite(last) ? { last } : trimmed;
}

function writeLayers(value: unknown): string {
  if (typeof value === 'object' && value !== null && 'last' in value) return `last ${String(value.last)}`;
  return String(value ?? '');
}

export function BetasField() {
  return (
    <ParsedField
      field="training.betas"
      label={strings.labels['training.betas'] ?? ''}
      parse={parseNumbers}
      write={writeNumbers}
    />
  );
}

function parseNumbers(text: string): unknown {
  return text.split(',').map(part => {
    const number = Number(part);
    return part.trim() === '' || !Number.isFinite(number) ? part.trim() : number;
  });
}

function writeNumbers(value: unknown): string {
  return Array.isArray(value) ? value.join(', ') : String(value ?? '');
}

/** One prompt a line. */
export function SamplePromptsField() {
  return (
    <ParsedField
      field="training.samplePrompts"
      label={strings.labels['training.samplePrompts'] ?? ''}
      rows={3}
      parse={parseLines}
      write={writeLines}
    />
  );
}

function parseLines(text: string): unknown {
  return text.split('\n').filter(line => line.trim() !== '');
}

function writeLines(value: unknown): string {
  return Array.isArray(value) ? value.join('\n') : '';
}

export function InitialAdapterField() {
  const { value, set, fault } = useField('adapter.init');
  return (
    <PathField
      label={strings.labels['adapter.init'] ?? ''}
      help={RECIPE_FIELDS['adapter.init']?.meaning ?? ''}
      value={typeof value === 'string' ? value : ''}
      extensions={['.gguf']}
      error={fault && <p className="field-error">{fault}</p>}
      onChange={path => set(path === '' ? null : path)}
    />
  );
}
