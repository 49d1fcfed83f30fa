/** The very tokens that a model gets for what is being written: the template's own, then the words. */
import { useId, useState } from 'react';
import { useAnswer } from '../../backend-client/use-answer.ts';
import { formatCount } from '../../format/numbers.ts';
import { isSpecialPiece, shownPiece } from '../../format/token-text.ts';
import { chatStrings as strings } from '../../strings/chat.ts';
import { ErrorCallout } from '../../ui/callout.tsx';
import { type ChatState, messagesFor } from './chat-state.ts';
import type { ChatSpeaker } from './use-chat.ts';

interface PromptTokensProps {
  readonly chat: ChatState;
  readonly draft: string;
  readonly speakers: readonly ChatSpeaker[];
  /** Of the right side. */
  readonly name: string;
}

const AFTER_TYPING_MS = 250;
/** More are no longer read by anyone. */
const SHOWN_TOKENS = 4_000;

export function PromptTokens({ chat, draft, speakers, name }: PromptTokensProps) {
  const id = useId();
  const [isOpen, setIsOpen] = useState(false);
  // Sides differ in what they said before, and in their templates where their runs do: the right one is shown.
  const side = speakers.length - 1;
  const isWriting = draft.trim() !== '';
  const messages =
    isWriting || chat.turns.length > 0 ? messagesFor(chat, side, isWriting ? draft : null) : [];
  const run = speakers[side]?.run;
  const isAsked = isOpen && chat.phase === 'idle' && messages.length > 0 && run !== undefined;
  const { value, error } = useAnswer('chat.prompt', isAsked ? { id: run, messages } : null, AFTER_TYPING_MS);
  return (
    <section className="chat-part" aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>
        <button
          type="button"
          className="disclosure"
          aria-expanded={isOpen}
          onClick={() => setIsOpen(open => !open)}
        >
          {strings.promptTokens}
        </button>
      </h2>
      {isOpen && error && <ErrorCallout error={error} />}
      {isOpen && value && (
        <>
          <p className="small soft">
            {strings.promptTokensHelp(formatCount(value.ids.length))}, {strings.promptTokensFor(name)}
          </p>
          <section
            className="prompt-tokens mono"
            aria-label={strings.promptLabel}
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
            tabIndex={0}
          >
            {value.ids.slice(0, SHOWN_TOKENS).map((token, i) => {
              const piece = value.pieces[i] ?? '';
              return (
                <span
                  // biome-ignore lint/suspicious/noArrayIndexKey: tokens have no name but their place
                  key={i}
                  className={isSpecialPiece(piece) ? 'tok tok-masked tok-special' : 'tok tok-masked'}
                  title={String(token)}
                >
                  {shownPiece(piece, value.bytes[i] ?? '')}
                </span>
              );
            })}
          </section>
        </>
      )}
    </section>
  );
}
