/** The conversation: each prompt over the two answers to it, and the expected one where it is known. */
import { MessagesSquare } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { chatStrings as strings } from '../../strings/chat.ts';
import { Button } from '../../ui/button.tsx';
import { Callout, ErrorCallout } from '../../ui/callout.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { AnswerView } from './answer-view.tsx';
import type { ChatState, Turn } from './chat-state.ts';

export interface ShownSide {
  readonly name: string;
  readonly isTuned: boolean;
}

interface TranscriptProps {
  readonly chat: ChatState;
  readonly sides: readonly ShownSide[];
  readonly view: 'text' | 'tokens';
  onWait(): void;
  onShare(): void;
  onTakeBack(): void;
}

export function Transcript({ chat, sides, view, onWait, onShare, onTakeBack }: TranscriptProps) {
  const { turns, earlier, systemPrompt, error, phase } = chat;
  const scroller = useRef<HTMLDivElement>(null);
  useFollow(scroller, chat);
  return (
    <div
      className="transcript"
      ref={scroller}
      role="log"
      aria-live="off"
      aria-label={strings.transcript}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
      tabIndex={0}
    >
      {systemPrompt !== null && (turns.length > 0 || earlier.length > 0) && (
        <p className="small soft chat-note">
          <b>{strings.system}</b> {systemPrompt}
        </p>
      )}
      {earlier.length > 0 && (
        <ol className="chat-earlier small" aria-label={strings.earlier}>
          {earlier.map(({ role, content }, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: messages have no name but their place
            <li key={i}>
              <b>{role}</b> <span className="soft">{content}</span>
            </li>
          ))}
        </ol>
      )}
      {turns.length === 0 && earlier.length === 0 && (
        <EmptyState icon={MessagesSquare} title={strings.empty} help={strings.emptyHelp} />
      )}
      {turns.map((turn, i) => (
        <TurnView
          // biome-ignore lint/suspicious/noArrayIndexKey: turns have no name but their place
          key={i}
          turn={turn}
          sides={sides}
          view={view}
          isRefused={error !== null && i === turns.length - 1}
        />
      ))}
      {phase === 'waiting' && <p className="soft">{strings.waiting}</p>}
      {error?.code === 'compute.busy' ? (
        <Callout tone="warn" title={strings.busyTitle}>
          <p>
            {error.cause} {strings.shareHelp}
          </p>
          <div className="row row-wrap chat-refused">
            <Button variant="primary" onClick={onWait}>
              {strings.waitAction}
            </Button>
            <Button onClick={onShare}>{strings.shareAction}</Button>
            <Button variant="quiet" onClick={onTakeBack}>
              {strings.dismiss}
            </Button>
          </div>
        </Callout>
      ) : (
        error !== null && (
          <ErrorCallout error={error}>
            <div className="row chat-refused">
              <Button onClick={onTakeBack}>{strings.dismiss}</Button>
            </div>
          </ErrorCallout>
        )
      )}
    </div>
  );
}

interface TurnViewProps {
  readonly turn: Turn;
  readonly sides: readonly ShownSide[];
  readonly view: 'text' | 'tokens';
  readonly isRefused: boolean;
}

function TurnView({ turn, sides, view, isRefused }: TurnViewProps) {
  const { prompt, expected, answers } = turn;
  return (
    <div className="chat-turn">
      <div className="chat-turn-prompt">
        <h2 className="small quiet">{strings.you}</h2>
        <p>{prompt}</p>
      </div>
      {!isRefused && (
        <div className="chat-turn-answers">
          {answers.map((answer, side) => (
            <AnswerView
              key={strings.sides[side]}
              name={sides[side]?.name ?? ''}
              answer={answer}
              expected={expected}
              view={view}
              isTuned={sides[side]?.isTuned ?? false}
            />
          ))}
        </div>
      )}
      {expected !== null && (
        <div className="chat-turn-expected">
          <h3 className="small quiet">{strings.expected}</h3>
          <p className="mono">{expected}</p>
        </div>
      )}
    </div>
  );
}

/** Keeps the newest words in sight, unless the reader has scrolled away from them. */
function useFollow(scroller: React.RefObject<HTMLDivElement | null>, chat: ChatState): void {
  const isAtEnd = useRef(true);
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const onScroll = () => {
      isAtEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END_PX;
    };
    element.addEventListener('scroll', onScroll, { passive: true });
    return () => element.removeEventListener('scroll', onScroll);
  }, [scroller]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a change of the conversation is what moves it
  useEffect(() => {
    const element = scroller.current;
    if (element && isAtEnd.current) element.scrollTop = element.scrollHeight;
  }, [scroller, chat]);
}

const NEAR_END_PX = 60;
