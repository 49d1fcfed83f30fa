/** Which model answers at one side: base or tuned of this run, or the tuned model of another. */
import { useId } from 'react';
import type { ChatModel } from '../../../src-shared/domain/chat.ts';
import type { RunSummary } from '../../../src-shared/domain/run.ts';
import { formatStarted } from '../../format/times.ts';
import { chatStrings as strings } from '../../strings/chat.ts';
import type { ChatSpeaker } from './use-chat.ts';

interface SidePickerProps {
  readonly label: string;
  readonly run: { readonly id: string; readonly models: readonly ChatModel[] };
  readonly others: readonly RunSummary[];
  readonly value: ChatSpeaker;
  onChange(speaker: ChatSpeaker): void;
}

const MODELS = ['base', 'tuned', 'best'] as const;

export function SidePicker({ label, run, others, value, onChange }: SidePickerProps) {
  const id = useId();
  const now = new Date();
  return (
    <div className="field">
      <label htmlFor={id} className="sr-only">
        {label}
      </label>
      <select
        id={id}
        value={`${value.model} ${value.run}`}
        onChange={event => {
          const [word, ...rest] = event.target.value.split(' ');
          const model = MODELS.find(name => name === word);
          if (model) onChange({ model, run: rest.join(' ') });
        }}
      >
        {run.models.map(model => (
          <option key={model} value={`${model} ${run.id}`}>
            {strings.models[model]}
          </option>
        ))}
        {others.length > 0 && (
          <optgroup label={strings.otherRuns}>
            {others.map(other => (
              <option key={other.id} value={`tuned ${other.id}`}>
                {strings.models.tuned}, {other.name}, {formatStarted(other.createdAt, now)}
              </option>
            ))}
          </optgroup>
        )}
      </select>
    </div>
  );
}
