/** A run's name, to be changed where it stands; kept by Enter or when the field is left. */
import { useId, useState } from 'react';
import { annotateStrings as strings } from '../strings/annotate.ts';

interface NameFieldProps {
  readonly name: string;
  onKeep(name: string): void;
}

/** What the contract takes. */
const LONGEST_NAME = 200;

export function NameField({ name, onKeep }: NameFieldProps) {
  const id = useId();
  const [draft, setDraft] = useState(name);
  const keep = () => {
    const wanted = draft.trim();
    if (wanted === '') setDraft(name);
    else if (wanted !== name) onKeep(wanted);
  };
  return (
    <form
      className="field"
      onSubmit={event => {
        event.preventDefault();
        keep();
      }}
    >
      <label htmlFor={id}>{strings.name}</label>
      <input
        id={id}
        autoComplete="off"
        maxLength={LONGEST_NAME}
        value={draft}
        onChange={event => setDraft(event.target.value)}
        onBlur={keep}
      />
    </form>
  );
}
