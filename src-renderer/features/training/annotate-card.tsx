/** What its user calls a run and writes about it. */
import { useState } from 'react';
import type { CodedError } from '../../../src-shared/contract/coded-error.ts';
import type { RunChanges, RunDetails, RunSummary } from '../../../src-shared/domain/run.ts';
import { NameField } from '../../annotate/name-field.tsx';
import { NoteEditor } from '../../annotate/note-editor.tsx';
import { TagEditor } from '../../annotate/tag-editor.tsx';
import { useBackend } from '../../backend-client/backend-context.tsx';
import { annotateStrings as strings } from '../../strings/annotate.ts';
import { ErrorCallout } from '../../ui/callout.tsx';
import { Card } from '../../ui/card.tsx';

interface AnnotateCardProps {
  readonly record: Pick<RunDetails, 'id' | 'name' | 'tags' | 'note'>;
  /** As the list of runs has it, which hears of changes. */
  readonly listed: RunSummary | null | undefined;
}

export function AnnotateCard({ record, listed }: AnnotateCardProps) {
  const client = useBackend();
  const [error, setError] = useState<CodedError | null>(null);
  const { id } = record;
  const { name, tags } = listed ?? record;
  const change = async (changes: RunChanges) => {
    const outcome = await client.call('runs.change', { id, changes });
    setError(outcome.ok ? null : outcome.error);
  };
  return (
    <Card title={strings.title}>
      <div className="card-body annotate">
        <div className="stack">
          <NameField key={name} name={name} onKeep={wanted => void change({ name: wanted })} />
          <TagEditor
            tags={tags.map(tag => ({ tag, count: 1 }))}
            total={1}
            onAdd={tag => void change({ tags: [...tags, tag] })}
            onRemove={tag => void change({ tags: tags.filter(one => one !== tag) })}
          />
        </div>
        <NoteEditor note={record.note} onKeep={note => void change({ note })} />
        {error && <ErrorCallout error={error} />}
      </div>
    </Card>
  );
}
