/** Where a prompt is written: Enter sends it, Shift and Enter begin a new line, Escape stops the answers. */
import { Send, Square } from 'lucide-react';
import { useEffect, useId, useRef } from 'react';
import type { HeldOutPrompt } from '../../../src-shared/contract/chat-procedures.ts';
import { chatStrings as strings } from '../../strings/chat.ts';
import { Button } from '../../ui/button.tsx';
import { KeyHint } from '../../ui/key-hint.tsx';

interface ComposerProps {
  readonly text: string;
  /** A prompt that was chosen to be tried: the field is where it goes on. */
  readonly prompt: HeldOutPrompt | null;
  readonly isBusy: boolean;
  onChange(text: string): void;
  onSend(): void;
  onStop(): void;
}

const MOST_ROWS = 8;

export function Composer({ text, prompt, isBusy, onChange, onSend, onStop }: ComposerProps) {
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (prompt !== null) field.current?.focus();
  }, [prompt]);
  useEffect(() => {
    // The button that stopped the answers is gone, and the focus with it.
    if (!isBusy && document.activeElement === document.body) field.current?.focus();
  }, [isBusy]);
  return (
    <form
      className="composer"
      onSubmit={event => {
        event.preventDefault();
        onSend();
      }}
    >
      <div className="field grow">
        <label htmlFor={id} className="sr-only">
          {strings.prompt}
        </label>
        <textarea
          ref={field}
          id={id}
          rows={Math.min(MOST_ROWS, Math.max(2, text.split('\n').length))}
          placeholder={strings.placeholder}
          maxLength={200_000}
          value={text}
          onChange={event => onChange(event.target.value)}
          onKeyDown={event => {
            if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
            event.preventDefault();
            onSend();
          }}
        />
      </div>
      <div className="composer-actions">
        {isBusy ? (
          <Button icon={Square} onClick={onStop}>
            {strings.stop}
            <KeyHint>Esc</KeyHint>
          </Button>
        ) : (
          <Button type="submit" variant="primary" icon={Send} isDisabled={text.trim() === ''}>
            {strings.send}
            <KeyHint>Enter</KeyHint>
          </Button>
        )}
        <span className="small quiet composer-hint" aria-hidden="true">
          <KeyHint>Shift+Enter</KeyHint> {strings.newline}
        </span>
      </div>
    </form>
  );
}
