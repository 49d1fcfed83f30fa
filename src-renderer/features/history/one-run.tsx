/** One run's name, tags and note, to be changed where they stand; kept when the field is left. */
import { useId, useState } from 'react';
import { isUnderWay, type RunSummary } from '../../../src-shared/domain/run.ts';
import { useQuery } from '../../backend-client/backend-context.tsx';
import { ReuseButtons } from '../../launch/reuse-buttons.tsx';
import { RunAgainButton } from '../../launch/run-again-button.tsx';
import { historyStrings as strings } from '../../strings/history.ts';
import { TagEditor } from './tag-editor.tsx';
import type { RunActions } from './use-run-actions.ts';

interface OneRunProps {
  readonly run: RunSummary;
  readonly actions: RunActions;
  readonly href: string;
}

/** What the contract takes. */
const LONGEST_NAME = 200;

export function OneRun({ run, actions, href }: OneRunProps) {
  const details = useQuery('runs.show', { id: run.id });
  return (
    <div className="stack history-one">
      <Text
        key={run.name}
        label={strings.name}
        text={run.name}
        maxLength={LONGEST_NAME}
        onKeep={name => {
          if (name.trim() !== '') void actions.change(run.id, { name: name.trim() });
        }}
      />
      <section aria-label={strings.tags} className="stack history-tags">
        <h3>{strings.tags}</h3>
        <TagEditor
          tags={run.tags.map(tag => ({ tag, count: 1 }))}
          total={1}
          onAdd={tag => void actions.changeAll([run.id], { addTags: [tag] })}
          onRemove={tag => void actions.changeAll([run.id], { removeTags: [tag] })}
        />
      </section>
      {details.status === 'ready' && (
        <Text
          label={strings.note}
          text={details.value.note}
          hint={strings.noteHint}
          maxLength={100_000}
          isLong
          onKeep={note => void actions.change(run.id, { note })}
        />
      )}
      {details.status === 'ready' && !isUnderWay(details.value.status) && (
        <div className="row row-wrap">
          <RunAgainButton id={run.id} />
          <ReuseButtons record={details.value} {...details.value} />
        </div>
      )}
      <a href={href}>{strings.open}</a>
    </div>
  );
}

interface TextProps {
  readonly label: string;
  readonly text: string;
  readonly hint?: string;
  readonly maxLength: number;
  readonly isLong?: boolean;
  onKeep(text: string): void;
}

function Text({ label, text, hint, maxLength, isLong = false, onKeep }: TextProps) {
  const id = useId();
  const [draft, setDraft] = useState(text);
  const [kept, setKept] = useState(text);
  const keep = () => {
    if (draft === kept) return;
    setKept(draft);
    onKeep(draft);
  };
  const field = {
    id,
    maxLength,
    value: draft,
    placeholder: hint,
    onChange: (event: { readonly target: { readonly value: string } }) => setDraft(event.target.value),
    onBlur: keep,
  };
  return (
    <form
      className="field"
      onSubmit={event => {
        event.preventDefault();
        keep();
      }}
    >
      <label htmlFor={id}>{label}</label>
      {isLong ? <textarea {...field} rows={6} /> : <input {...field} autoComplete="off" />}
    </form>
  );
}
