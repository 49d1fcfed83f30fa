/** One prompt, answered by the base and by the tuned model, side by side. */
import { CircleCheck, CircleSlash, Send } from 'lucide-react';
import { useEffect, useId, useRef, useState } from 'react';
import type { Answers } from '../../../src-shared/contract/chat-procedures.ts';
import type { CodedError } from '../../../src-shared/contract/coded-error.ts';
import type { DemoInfo } from '../../../src-shared/contract/procedures.ts';
import { useBackend, useQuery } from '../../backend-client/backend-context.tsx';
import { chatStrings } from '../../strings/chat.ts';
import { strings } from '../../strings.ts';
import { useAnnounce } from '../../ui/announcer.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { ErrorCallout } from '../../ui/callout.tsx';
import { Card } from '../../ui/card.tsx';

type Answering =
  | { readonly phase: 'idle' | 'asking' }
  | { readonly phase: 'answered'; readonly answers: Answers; readonly expected: string | null }
  | { readonly phase: 'failed'; readonly error: CodedError };

type HeldOut = DemoInfo['heldOut'];

interface AnswersCardProps {
  readonly id: string;
  readonly name: string;
  readonly chatHref: string;
}

/** A run of the demo has held-out prompts to choose from; it is known by its name. */
export function AnswersCard({ id, name, chatHref }: AnswersCardProps) {
  const demo = useQuery('demo.describe', {});
  if (demo.status === 'loading') return null;
  const heldOut = demo.status === 'ready' && demo.value.name === name ? demo.value.heldOut : [];
  return (
    <Card
      title={strings.answers.title}
      className="answers-card"
      actions={
        <a className="btn" href={chatHref}>
          {chatStrings.open}
        </a>
      }
    >
      <div className="card-body answers">
        <p className="small soft">{strings.answers.help}</p>
        <AnswersForm id={id} heldOut={heldOut} />
      </div>
    </Card>
  );
}

function AnswersForm({ id, heldOut }: { readonly id: string; readonly heldOut: HeldOut }) {
  const [prompt, setPrompt] = useState(heldOut[0]?.prompt ?? '');
  const { answering, ask } = useAnswers(id);
  const fieldId = useId();
  const chosen = heldOut.findIndex(example => example.prompt === prompt);
  const expected = heldOut[chosen]?.expected ?? null;
  const isAsking = answering.phase === 'asking';
  return (
    <>
      <form
        className="answers-form"
        onSubmit={event => {
          event.preventDefault();
          if (!isAsking && prompt.trim() !== '') ask(prompt, expected);
        }}
      >
        {heldOut.length > 0 && (
          <div className="field">
            <label htmlFor={`${fieldId}-held-out`}>{strings.answers.choose}</label>
            <select
              id={`${fieldId}-held-out`}
              value={chosen}
              onChange={event => setPrompt(heldOut[Number(event.target.value)]?.prompt ?? '')}
            >
              {heldOut.map((example, i) => (
                <option key={example.prompt} value={i}>
                  {example.prompt}
                </option>
              ))}
              <option value={-1}>{strings.answers.own}</option>
            </select>
          </div>
        )}
        <div className="field">
          <label htmlFor={`${fieldId}-prompt`}>{strings.answers.prompt}</label>
          <textarea
            id={`${fieldId}-prompt`}
            className="mono"
            rows={2}
            maxLength={20_000}
            value={prompt}
            onChange={event => setPrompt(event.target.value)}
          />
        </div>
        <Button type="submit" icon={Send} isDisabled={isAsking || prompt.trim() === ''}>
          {strings.answers.ask}
        </Button>
      </form>
      <div aria-busy={isAsking}>
        {isAsking && <p className="soft">{strings.answers.asking}</p>}
        {answering.phase === 'failed' && <ErrorCallout error={answering.error} />}
        {answering.phase === 'answered' && <SideBySide {...answering} />}
      </div>
    </>
  );
}

/** The expected answer is kept with the answers, so that it never belongs to another prompt. */
function useAnswers(id: string) {
  const client = useBackend();
  const announce = useAnnounce();
  const [answering, setAnswering] = useState<Answering>({ phase: 'idle' });
  const asking = useRef<AbortController | null>(null);
  useEffect(() => () => asking.current?.abort(), []);

  async function ask(prompt: string, expected: string | null): Promise<void> {
    const abort = new AbortController();
    asking.current = abort;
    setAnswering({ phase: 'asking' });
    const outcome = await client.call('chat.answer', { id, prompt }, { signal: abort.signal });
    if (abort.signal.aborted) return;
    setAnswering(
      outcome.ok
        ? { phase: 'answered', answers: outcome.value, expected }
        : { phase: 'failed', error: outcome.error },
    );
    announce(outcome.ok ? strings.answers.answered : outcome.error.title);
  }

  return { answering, ask };
}

function SideBySide({ answers, expected }: { readonly answers: Answers; readonly expected: string | null }) {
  return (
    <dl className="side-by-side">
      <Answer name={strings.result.base} text={answers.base} expected={expected} />
      <Answer name={strings.result.tuned} text={answers.tuned} expected={expected} isTuned />
      {expected !== null && <Answer name={strings.answers.expected} text={expected} expected={null} />}
    </dl>
  );
}

interface AnswerProps {
  readonly name: string;
  readonly text: string;
  /** Null where nothing is compared. */
  readonly expected: string | null;
  readonly isTuned?: boolean;
}

function Answer({ name, text, expected, isTuned = false }: AnswerProps) {
  return (
    <div className={isTuned ? 'answer is-tuned' : 'answer'}>
      <dt className="row">
        <span className="grow">{name}</span>
        {expected !== null &&
          (text.trim() === expected.trim() ? (
            <Badge tone="ok" icon={CircleCheck}>
              {strings.answers.matches}
            </Badge>
          ) : (
            <Badge tone="neutral" icon={CircleSlash}>
              {strings.answers.differs}
            </Badge>
          ))}
      </dt>
      <dd className="mono">{text === '' ? <span className="quiet">{strings.answers.empty}</span> : text}</dd>
    </div>
  );
}
