/** Tags that can be taken off, and a field to add one; it proposes those that other runs have. */
import { X } from 'lucide-react';
import { useId, useState } from 'react';
import { useQuery } from '../backend-client/backend-context.tsx';
import { formatCount } from '../format/numbers.ts';
import { annotateStrings as strings } from '../strings/annotate.ts';
import './annotate.css';

interface TagEditorProps {
  readonly tags: readonly { readonly tag: string; readonly count: number }[];
  /** Of so many runs. */
  readonly total: number;
  onAdd(tag: string): void;
  onRemove(tag: string): void;
}

/** What the contract takes. */
const LONGEST_TAG = 100;

export function TagEditor({ tags, total, onAdd, onRemove }: TagEditorProps) {
  const id = useId();
  const facets = useQuery('runs.facets', { isDeleted: false });
  const [text, setText] = useState('');
  const known = facets.status === 'ready' ? facets.value.tags : [];
  return (
    <>
      {tags.length > 0 && (
        <ul className="row row-wrap tag-row">
          {tags.map(({ tag, count }) => (
            <li key={tag} className="tag">
              <span className="wrap">{tag}</span>
              {count < total && (
                <span className="quiet">{strings.tagShare(formatCount(count), formatCount(total))}</span>
              )}
              <button type="button" aria-label={strings.removeTag(tag)} onClick={() => onRemove(tag)}>
                <X size={12} strokeWidth={2} aria-hidden="true" />
              </button>
            </li>
          ))}
        </ul>
      )}
      <form
        className="field"
        onSubmit={event => {
          event.preventDefault();
          const tag = text.trim();
          if (tag !== '') onAdd(tag);
          setText('');
        }}
      >
        <input
          aria-label={strings.addTag}
          placeholder={strings.addTag}
          autoComplete="off"
          maxLength={LONGEST_TAG}
          list={`${id}-known`}
          value={text}
          onChange={event => setText(event.target.value)}
        />
        <datalist id={`${id}-known`}>
          {known.map(({ value }) => (
            <option key={value} value={value} />
          ))}
        </datalist>
      </form>
    </>
  );
}
