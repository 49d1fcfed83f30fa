/** A plain text editor for Jinja: line numbers, and the line of a fault marked. */
import { useId, useRef } from 'react';
import { wizardStrings } from '../../strings/wizard.ts';

const strings = wizardStrings.template;

interface JinjaEditorProps {
  readonly source: string;
  /** From 1; null where nothing is wrong. */
  readonly faultLine: number | null;
  readonly fault: string | null;
  onChange(source: string): void;
}

export function JinjaEditor({ source, faultLine, fault, onChange }: JinjaEditorProps) {
  const id = useId();
  const gutter = useRef<HTMLDivElement>(null);
  const lines = source.split('\n').length;
  return (
    <div className="jinja">
      <label htmlFor={id} className="sr-only">
        {strings.editor}
      </label>
      <div className="jinja-frame">
        <div ref={gutter} className="jinja-gutter mono" aria-hidden="true">
          {Array.from({ length: lines }, (_, i) => i + 1).map(line => (
            <span key={line} className={line === faultLine ? 'is-fault' : undefined}>
              {line}
            </span>
          ))}
        </div>
        <textarea
          id={id}
          className="mono"
          value={source}
          spellCheck={false}
          wrap="off"
          aria-invalid={fault !== null}
          aria-describedby={`${id}-fault`}
          onChange={event => onChange(event.target.value)}
          onScroll={event => {
            if (gutter.current) gutter.current.scrollTop = event.currentTarget.scrollTop;
          }}
        />
      </div>
      <p id={`${id}-fault`} className="field-error jinja-fault" role="status">
        {fault}
      </p>
    </div>
  );
}
