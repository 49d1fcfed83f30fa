/** A run's note: read as its Markdown means it, written as text beside a preview, and kept whenever the editor is left. */
import { Check, NotebookPen } from 'lucide-react';
import { useEffect, useId, useRef, useState } from 'react';
import { desktop } from '../backend-client/desktop.ts';
import { annotateStrings as strings } from '../strings/annotate.ts';
import { Button } from '../ui/button.tsx';
import { Segmented } from '../ui/segmented.tsx';
import './annotate.css';
import { NoteText } from './note-text.tsx';

interface NoteEditorProps {
  readonly note: string;
  onKeep(note: string): void;
}

/** What the contract takes. */
const LONGEST_NOTE = 100_000;

const VIEWS = [
  { value: 'text', label: strings.write },
  { value: 'preview', label: strings.preview },
] as const;

export function NoteEditor({ note, onKeep }: NoteEditorProps) {
  const id = useId();
  const [kept, setKept] = useState(note);
  const [draft, setDraft] = useState<string | null>(null);
  const [view, setView] = useState<'text' | 'preview'>('text');
  const keep = () => {
    if (draft === null || draft === kept) return;
    setKept(draft);
    onKeep(draft);
  };
  useKeepAtTheEnd(keep);
  if (draft === null) {
    return (
      <section className="stack note-part" aria-label={strings.note}>
        {kept !== '' && <Shown note={kept} />}
        <div>
          <Button variant="quiet" icon={NotebookPen} onClick={() => setDraft(kept)}>
            {kept === '' ? strings.addNote : strings.editNote}
          </Button>
        </div>
      </section>
    );
  }
  return (
    <section
      className="stack note-part"
      aria-label={strings.note}
      onBlur={event => !event.currentTarget.contains(event.relatedTarget) && keep()}
    >
      <div className="row">
        <label className="grow" htmlFor={id}>
          {strings.note}
        </label>
        <Segmented<'text' | 'preview'>
          label={strings.noteView}
          value={view}
          options={VIEWS}
          onChange={chosen => setView(chosen)}
        />
      </div>
      {view === 'text' ? (
        <div className="field">
          <textarea
            id={id}
            rows={8}
            maxLength={LONGEST_NOTE}
            value={draft}
            placeholder={strings.noteHint}
            // biome-ignore lint/a11y/noAutofocus: it takes the place of the button that opened it
            autoFocus
            onChange={event => setDraft(event.target.value)}
          />
        </div>
      ) : draft.trim() === '' ? (
        <p className="soft">{strings.noNote}</p>
      ) : (
        <Shown note={draft} />
      )}
      <div>
        <Button
          icon={Check}
          onClick={() => {
            keep();
            setDraft(null);
          }}
        >
          {strings.done}
        </Button>
      </div>
    </section>
  );
}

/** The desktop app opens no page of the web. */
function Shown({ note }: { readonly note: string }) {
  return <NoteText note={note} opensLinks={desktop === null} />;
}

/** What was written is kept also where another page takes the place of this one. */
function useKeepAtTheEnd(keep: () => void): void {
  const latest = useRef(keep);
  useEffect(() => {
    latest.current = keep;
  });
  useEffect(() => () => latest.current(), []);
}
