/** Values that a template asks for, as JSON. */
import { useEffect, useId, useState } from 'react';
import { wizardStrings } from '../../strings/wizard.ts';
import { useField } from './recipe-fields.tsx';

const strings = wizardStrings.template;

export function TemplateVariables() {
  const id = useId();
  const { value, set } = useField('template.variables');
  const written = JSON.stringify(value ?? {});
  const [typed, setTyped] = useState(written);
  const parsed = parseObject(typed);
  useEffect(() => {
    setTyped(before => (JSON.stringify(parseObject(before)) === written ? before : written));
  }, [written]);
  return (
    <div className="field">
      <label htmlFor={id}>{strings.variables}</label>
      <textarea
        id={id}
        className="mono"
        rows={2}
        value={typed}
        spellCheck={false}
        aria-invalid={parsed === null}
        aria-describedby={`${id}-help`}
        onChange={event => {
          setTyped(event.target.value);
          const next = parseObject(event.target.value);
          if (next !== null) set(next);
        }}
      />
      <p id={`${id}-help`} className={parsed === null ? 'field-error' : 'meaning'}>
        {parsed === null ? strings.variablesFault : strings.variablesHelp}
      </p>
    </div>
  );
}

function parseObject(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}
