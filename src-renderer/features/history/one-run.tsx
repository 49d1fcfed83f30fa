/** One run's name, tags and note, to be changed where they stand; kept when the field is left. */
import { isUnderWay, type RunSummary } from '../../../src-shared/domain/run.ts';
import { NameField } from '../../annotate/name-field.tsx';
import { NoteEditor } from '../../annotate/note-editor.tsx';
import { TagEditor } from '../../annotate/tag-editor.tsx';
import { useQuery } from '../../backend-client/backend-context.tsx';
import { ReuseButtons } from '../../launch/reuse-buttons.tsx';
import { RunAgainButton } from '../../launch/run-again-button.tsx';
import { annotateStrings } from '../../strings/annotate.ts';
import { historyStrings as strings } from '../../strings/history.ts';
import type { RunActions } from './use-run-actions.ts';

interface OneRunProps {
  readonly run: RunSummary;
  readonly actions: RunActions;
  readonly href: string;
}

export function OneRun({ run, actions, href }: OneRunProps) {
  const details = useQuery('runs.show', { id: run.id });
  return (
    <div className="stack history-one">
      <NameField key={run.name} name={run.name} onKeep={name => void actions.change(run.id, { name })} />
      <section aria-label={annotateStrings.tags} className="stack history-tags">
        <h3>{annotateStrings.tags}</h3>
        <TagEditor
          tags={run.tags.map(tag => ({ tag, count: 1 }))}
          total={1}
          onAdd={tag => void actions.changeAll([run.id], { addTags: [tag] })}
          onRemove={tag => void actions.changeAll([run.id], { removeTags: [tag] })}
        />
      </section>
      {details.status === 'ready' && (
        <NoteEditor note={details.value.note} onKeep={note => void actions.change(run.id, { note })} />
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
