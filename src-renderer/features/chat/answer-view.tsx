/** One answer as it grows: as text, or token by token with how sure the model was of each. */
import { CircleCheck, CircleSlash } from 'lucide-react';
import { memo, useId, useRef, useState } from 'react';
import type { ChatToken } from '../../../src-shared/domain/chat.ts';
import { formatCount, formatShort } from '../../format/numbers.ts';
import { quotedPiece } from '../../format/token-text.ts';
import { chatStrings as strings } from '../../strings/chat.ts';
import { Badge } from '../../ui/badge.tsx';
import type { SideAnswer } from './chat-state.ts';
import { percent } from './percent.ts';
import { TokenChoices } from './token-choices.tsx';

interface AnswerViewProps {
  readonly name: string;
  readonly answer: SideAnswer;
  readonly expected: string | null;
  readonly view: 'text' | 'tokens';
  readonly isTuned: boolean;
}

export function AnswerView({ name, answer, expected, view, isTuned }: AnswerViewProps) {
  const { phase, tokens, text } = answer;
  return (
    <article
      className={isTuned ? 'chat-answer is-tuned' : 'chat-answer'}
      aria-label={name}
      aria-busy={phase !== 'done'}
    >
      <header className="chat-answer-head small">
        <h3 className="grow clip">{name}</h3>
        <AnswerState answer={answer} expected={expected} />
      </header>
      {tokens.length > 0 ? (
        <TokenText name={name} tokens={tokens} view={view} />
      ) : (
        <p className="quiet">
          {phase === 'waits' && strings.waitingForSide}
          {phase === 'reads' && strings.loading}
          {phase === 'done' && text === '' && strings.emptyAnswer}
        </p>
      )}
    </article>
  );
}

function AnswerState({ answer, expected }: Pick<AnswerViewProps, 'answer' | 'expected'>) {
  const { phase, tokens, text, end, durationMs } = answer;
  if (phase !== 'done') return null;
  const rate = durationMs === null || durationMs === 0 ? null : (tokens.length * 1000) / durationMs;
  return (
    <>
      <span className="quiet nowrap">
        {end !== null && strings.ends[end]}
        {end === 'turn' && rate !== null && strings.figures(formatCount(tokens.length), formatShort(rate))}
      </span>
      {expected !== null &&
        (text.trim() === expected.trim() ? (
          <Badge tone="ok" icon={CircleCheck}>
            {strings.matches}
          </Badge>
        ) : (
          <Badge tone="neutral" icon={CircleSlash}>
            {strings.differs}
          </Badge>
        ))}
    </>
  );
}

interface TokenTextProps {
  readonly name: string;
  readonly tokens: readonly ChatToken[];
  readonly view: 'text' | 'tokens';
}

/** Tokens are options to step through where they are what is shown; in a text they only answer the pointer. */
function TokenText({ name, tokens, view }: TokenTextProps) {
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const [pointed, setPointed] = useState<number | null>(null);
  const [active, setActive] = useState<number | null>(null);
  const isListed = view === 'tokens';
  const shown = pointed ?? (isListed ? active : null);
  const shownToken = shown === null ? undefined : tokens[shown];

  function onKeyDown(event: React.KeyboardEvent): void {
    const last = tokens.length - 1;
    const now = active ?? -1;
    const target = { ArrowRight: now + 1, ArrowLeft: now - 1, Home: 0, End: last }[event.key];
    if (target !== undefined) setActive(Math.max(0, Math.min(last, target)));
    else if (event.key === 'Escape' && active !== null) setActive(null);
    else return;
    setPointed(null);
    event.preventDefault();
  }

  // By a move: tokens that come under a resting pointer are not pointed at.
  const pointing = {
    onMouseMove: (event: React.MouseEvent) => setPointed(indexOf(event.target)),
    onMouseLeave: () => setPointed(null),
  };
  const content = (
    <>
      <Tokens id={id} tokens={tokens} isListed={isListed} active={isListed ? active : null} />
      {shown !== null && shownToken && (
        <TokenChoices
          token={shownToken}
          place={strings.tokenPlace(formatCount(shown + 1), formatCount(tokens.length))}
          anchorId={`${id}-${shown}`}
          box={box}
        />
      )}
    </>
  );
  if (!isListed)
    return (
      <div ref={box} className="chat-text" {...pointing}>
        {content}
      </div>
    );
  return (
    <div
      ref={box}
      className="chat-text"
      role="listbox"
      tabIndex={0}
      aria-label={strings.answerTokens(name)}
      aria-activedescendant={active === null ? undefined : `${id}-${active}`}
      onKeyDown={onKeyDown}
      onFocus={() => setActive(now => now ?? 0)}
      onBlur={() => setActive(null)}
      {...pointing}
    >
      {content}
    </div>
  );
}

interface TokensProps {
  readonly id: string;
  readonly tokens: readonly ChatToken[];
  readonly isListed: boolean;
  readonly active: number | null;
}

const Tokens = memo(function Tokens({ id, tokens, isListed, active }: TokensProps) {
  return tokens.map((token, i) => (
    <span
      // biome-ignore lint/suspicious/noArrayIndexKey: tokens have no name but their place
      key={i}
      id={`${id}-${i}`}
      data-token={i}
      className={isListed ? `said ${surenessOf(token.probability)}` : undefined}
      {...(isListed
        ? {
            role: 'option',
            'aria-selected': i === active,
            'aria-label': `${quotedPiece(token.text)}, ${percent(token.probability)}`,
          }
        : {})}
    >
      {token.text}
    </span>
  ));
});

/** Three degrees, told by their underline too. */
function surenessOf(probability: number): string {
  if (probability >= 0.9) return 'said-sure';
  return probability >= 0.5 ? 'said-likely' : 'said-unsure';
}

function indexOf(target: EventTarget): number | null {
  const index =
    target instanceof HTMLElement ? target.closest<HTMLElement>('[data-token]')?.dataset['token'] : undefined;
  return index === undefined ? null : Number(index);
}
