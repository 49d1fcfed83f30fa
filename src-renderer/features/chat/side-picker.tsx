/** Which model answers at one side: base or tuned of this run, or the tuned model of another. */
import { useId, useMemo, useState } from 'react';
import type { ChatModel } from '../../../src-shared/domain/chat.ts';
import type { RunStatus, RunSummary } from '../../../src-shared/domain/run.ts';
import { ALL_RUNS, type RunsQuestion } from '../../../src-shared/domain/run-list.ts';
import { useRuns } from '../../backend-client/use-runs.ts';
import { formatStarted } from '../../format/times.ts';
import { chatStrings as strings } from '../../strings/chat.ts';
import type { ChatSpeaker } from './use-chat.ts';

interface SidePickerProps {
  readonly label: string;
  readonly run: { readonly id: string; readonly name: string; readonly models: readonly ChatModel[] };
  readonly value: ChatSpeaker;
  onChange(speaker: ChatSpeaker): void;
}

const MODELS = ['base', 'tuned', 'best'] as const;

/** Only a run that is over has its adapter where it stays. */
export const STATUSES_WITH_ADAPTER: RunStatus[] = ['completed', 'stopped'];
/** So many other runs can be looked through; more of them are searched. */
const SHOWN = 50;

export function SidePicker({ label, run, value, onChange }: SidePickerProps) {
  const id = useId();
  const now = new Date();
  const [text, setText] = useState('');
  const { others, hasMore } = useOtherRuns(run.id, text);
  const isAbsent = value.run !== run.id && !others.some(other => other.id === value.run);
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
          const chosen = rest.join(' ');
          const model = MODELS.find(name => name === word);
          const name = [run, ...others].find(one => one.id === chosen)?.name ?? value.name;
          if (model) onChange({ model, run: chosen, name });
        }}
      >
        {run.models.map(model => (
          <option key={model} value={`${model} ${run.id}`}>
            {strings.models[model]}
          </option>
        ))}
        {(others.length > 0 || isAbsent) && (
          <optgroup label={strings.otherRuns}>
            {isAbsent && (
              <option value={`${value.model} ${value.run}`}>
                {strings.models[value.model]}, {value.name}
              </option>
            )}
            {others.map(other => (
              <option key={other.id} value={`tuned ${other.id}`}>
                {strings.models.tuned}, {other.name}, {formatStarted(other.createdAt, now)}
              </option>
            ))}
          </optgroup>
        )}
      </select>
      {(hasMore || text !== '') && (
        <input
          type="search"
          aria-label={strings.findRun(label)}
          placeholder={strings.findRunHint}
          maxLength={1000}
          value={text}
          onChange={event => setText(event.target.value)}
        />
      )}
    </div>
  );
}

/** The newest runs that have each of the words. */
function useOtherRuns(
  own: string,
  text: string,
): { readonly others: readonly RunSummary[]; readonly hasMore: boolean } {
  const question = useMemo(
    (): RunsQuestion => ({ ...ALL_RUNS, text, statuses: STATUSES_WITH_ADAPTER, count: SHOWN }),
    [text],
  );
  const query = useRuns(question);
  if (query.status !== 'ready') return { others: [], hasMore: false };
  const { runs, matches } = query.value;
  return { others: runs.filter(({ id }) => id !== own), hasMore: matches > runs.length };
}
