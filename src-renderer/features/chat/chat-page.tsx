/** Chat: two models side by side, the same prompt and settings for both. */
import { MessagesSquare, RotateCcw } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { HeldOutPrompt } from '../../../src-shared/contract/chat-procedures.ts';
import type { ProcedureOutput } from '../../../src-shared/contract/procedures.ts';
import { GREEDY_CHAT } from '../../../src-shared/domain/chat.ts';
import { ALL_RUNS, type RunsQuestion } from '../../../src-shared/domain/run-list.ts';
import { useQuery } from '../../backend-client/backend-context.tsx';
import { useRuns } from '../../backend-client/use-runs.ts';
import { CommandButton } from '../../commands/command-button.tsx';
import { useCommand } from '../../commands/use-commands.tsx';
import { chatStrings as strings } from '../../strings/chat.ts';
import { strings as common } from '../../strings.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorCallout } from '../../ui/callout.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import './chat.css';
import { ChatSettings } from './chat-settings.tsx';
import { Composer } from './composer.tsx';
import { HeldOutList } from './held-out-list.tsx';
import { PromptTokens } from './prompt-tokens.tsx';
import { SidePicker, STATUSES_WITH_ADAPTER } from './side-picker.tsx';
import { Transcript } from './transcript.tsx';
import { type ChatSpeaker, useChat } from './use-chat.ts';

interface ChatPageProps {
  /** Null takes the newest run that has an adapter. */
  readonly id: string | null;
  onNewRun(): void;
}

export function ChatPage({ id, onNewRun }: ChatPageProps) {
  const newest = useRuns(id === null ? NEWEST_WITH_ADAPTER : null);
  const run = id ?? (newest.status === 'ready' ? (newest.value.runs[0]?.id ?? null) : null);
  if (run !== null) return <ChatWithRun key={run} id={run} />;
  if (newest.status !== 'ready') return null;
  return (
    <div className="page">
      <h1 className="sr-only">{strings.title}</h1>
      <EmptyState
        icon={MessagesSquare}
        title={strings.none}
        help={strings.noneHelp}
        action={<Button onClick={onNewRun}>{strings.noneAction}</Button>}
      />
    </div>
  );
}

function ChatWithRun({ id }: { readonly id: string }) {
  const described = useQuery('chat.describe', { id });
  if (described.status === 'ready') return <SideBySide id={id} about={described.value} />;
  return (
    <div className="page">
      <h1>{strings.title}</h1>
      {described.status === 'failed' ? (
        <ErrorCallout error={described.error}>
          <Button onClick={described.reload}>{common.app.retry}</Button>
        </ErrorCallout>
      ) : (
        <p className="quiet">{common.app.loading}</p>
      )}
    </div>
  );
}

interface SideBySideProps {
  readonly id: string;
  readonly about: ProcedureOutput<'chat.describe'>;
}

/** What the composer holds; the expected answer belongs to this very prompt. */
interface Draft {
  readonly text: string;
  readonly heldOut: HeldOutPrompt | null;
}

const VIEWS = [
  { value: 'text', label: strings.views.text },
  { value: 'tokens', label: strings.views.tokens },
] as const;

const EMPTY: Draft = { text: '', heldOut: null };

function SideBySide({ id, about }: SideBySideProps) {
  const [speakers, setSpeakers] = useState(() => firstSpeakers(id, about));
  const [sampling, setSampling] = useState(GREEDY_CHAT);
  const [systemPrompt, setSystemPrompt] = useState(about.systemPrompt ?? '');
  const [draft, setDraft] = useState(EMPTY);
  const [view, setView] = useState<'text' | 'tokens'>('text');
  const system = systemPrompt.trim() === '' ? null : systemPrompt;
  const { chat, send, askAgain, stop, takeBack, begin } = useChat(speakers, sampling, system, text =>
    setDraft(now => ({ ...now, text })),
  );
  const isBusy = chat.phase !== 'idle';

  const startOver = useCommand({
    id: 'chat.new',
    title: strings.newChat,
    enabled: chat.turns.length > 0,
    run: () => begin(system),
  });
  useCommand({ id: 'chat.stop', title: strings.stop, enabled: isBusy, run: stop });
  useStopOnEscape(isBusy, stop);

  function submit(): void {
    if (isBusy || chat.error !== null || draft.text.trim() === '') return;
    const expected = draft.heldOut !== null && draft.heldOut.messages.at(-1)?.content === draft.text;
    send(draft.text, expected ? (draft.heldOut?.expected ?? null) : null);
    setDraft(EMPTY);
  }

  function tryHeldOut(prompt: HeldOutPrompt): void {
    const [first, ...rest] = prompt.messages;
    const own = first?.role === 'system' ? first.content : null;
    const before = own === null ? prompt.messages : rest;
    setSystemPrompt(own ?? '');
    begin(own, before.slice(0, -1));
    setDraft({ text: before.at(-1)?.content ?? '', heldOut: prompt });
  }

  function refuse(): void {
    setDraft({ text: chat.turns.at(-1)?.prompt ?? '', heldOut: draft.heldOut });
    takeBack();
  }

  const choose = (side: number, speaker: ChatSpeaker) => {
    setSpeakers(now => now.map((old, i) => (i === side ? speaker : old)));
    begin(system);
  };
  const sides = speakers.map(speaker => ({
    name: nameOf(speaker, id),
    isTuned: speaker.model !== 'base',
  }));

  return (
    <div className="chat">
      <header className="chat-head">
        <div className="grow">
          <h1 className="clip">
            {strings.title}: {about.name}
          </h1>
          <p className="small quiet">{strings.help}</p>
        </div>
        <Segmented<'text' | 'tokens'>
          label={strings.show}
          value={view}
          onChange={chosen => setView(chosen)}
          options={VIEWS}
        />
        <CommandButton command={startOver} icon={RotateCcw} />
      </header>
      <div className="chat-body">
        <div className="chat-main">
          <div className="chat-sides">
            {speakers.map((speaker, side) => (
              <SidePicker
                key={strings.sides[side]}
                label={strings.sideLabel(strings.sides[side] ?? '')}
                run={{ id, name: about.name, models: about.models }}
                value={speaker}
                onChange={chosen => choose(side, chosen)}
              />
            ))}
          </div>
          <Transcript
            chat={chat}
            sides={sides}
            view={view}
            onWait={() => askAgain('wait')}
            onShare={() => askAgain('share')}
            onTakeBack={refuse}
          />
          <Composer
            text={draft.text}
            prompt={draft.heldOut}
            isBusy={isBusy}
            onChange={text => setDraft(now => ({ ...now, text }))}
            onSend={submit}
            onStop={stop}
          />
        </div>
        <aside className="chat-side" aria-label={strings.settings}>
          <HeldOutList id={id} chosen={draft.heldOut} onChoose={tryHeldOut} />
          <ChatSettings
            sampling={sampling}
            onSampling={setSampling}
            systemPrompt={systemPrompt}
            onSystemPrompt={text => {
              setSystemPrompt(text);
              if (chat.turns.length === 0) begin(text.trim() === '' ? null : text, chat.earlier);
            }}
            isUnderWay={chat.turns.length > 0}
          />
          <PromptTokens chat={chat} draft={draft.text} speakers={speakers} name={sides.at(-1)?.name ?? ''} />
        </aside>
      </div>
    </div>
  );
}

const NEWEST_WITH_ADAPTER: RunsQuestion = { ...ALL_RUNS, statuses: STATUSES_WITH_ADAPTER, count: 1 };

function firstSpeakers(run: string, { name, models }: SideBySideProps['about']): readonly ChatSpeaker[] {
  const tuned = models.includes('tuned') ? 'tuned' : 'base';
  return [
    { run, name, model: 'base' },
    { run, name, model: tuned },
  ];
}

function nameOf({ run, name, model }: ChatSpeaker, own: string): string {
  return run === own ? strings.models[model] : `${strings.models[model]}, ${name}`;
}

function useStopOnEscape(isBusy: boolean, stop: () => void): void {
  useEffect(() => {
    if (!isBusy) return;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !event.defaultPrevented) stop();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [isBusy, stop]);
}
