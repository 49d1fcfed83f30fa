/** What waits for the device: its order, the reason where a start was refused, and what can be done about it. */
import { ArrowDown, ArrowUp, Hourglass, OctagonAlert, Play, Undo2, X } from 'lucide-react';
import { useState } from 'react';
import type { CodedError } from '../../../src-shared/contract/coded-error.ts';
import type { ProcedureInput } from '../../../src-shared/contract/procedures.ts';
import type { QueueItem } from '../../../src-shared/domain/queue.ts';
import { useBackend, type useQuery } from '../../backend-client/backend-context.tsx';
import { formatStarted } from '../../format/times.ts';
import { queueStrings as strings } from '../../strings/queue.ts';
import { useAnnounce } from '../../ui/announcer.tsx';
import { StatusWord, type Tone } from '../../ui/badge.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { ErrorCallout } from '../../ui/callout.tsx';
import { Card } from '../../ui/card.tsx';
import { Prose } from '../../ui/prose.tsx';
import './queue-panel.css';

type QueueQuery = ReturnType<typeof useQuery<'queue.list'>>;

/** Nothing at all while the queue is empty and nothing was removed from it. */
export function QueuePanel({ queue }: { readonly queue: QueueQuery }) {
  const actions = useQueueActions(queue.reload);
  const { removed, error } = actions;
  const items = queue.status === 'ready' ? queue.value.items : [];
  const failure = error ?? (queue.status === 'failed' ? queue.error : null);
  if (items.length === 0 && !removed && !failure) return null;
  const elsewhere = queue.status === 'ready' ? queue.value.elsewhere : null;
  return (
    <div className="queue">
      <Card title={strings.title}>
        <div className="card-body queue-body">
          {failure && <ErrorCallout error={failure} />}
          {items.length > 0 && (
            <p className="small soft">{elsewhere === null ? strings.next : strings.waitsFor(elsewhere)}</p>
          )}
          <ol className="queue-list" aria-label={strings.title}>
            {items.map((item, i) => (
              <Item key={item.id} item={item} place={i} count={items.length} actions={actions} />
            ))}
          </ol>
          {removed && (
            <div className="row row-wrap">
              <span className="soft">{strings.removed(removed.name)}</span>
              <Button variant="quiet" icon={Undo2} onClick={actions.undo}>
                {strings.undo}
              </Button>
            </div>
          )}
        </div>
      </Card>
    </div>
  );
}

const TONES = { waiting: 'neutral', starting: 'accent', blocked: 'error' } as const satisfies Record<
  QueueItem['status'],
  Tone
>;

interface ItemProps {
  readonly item: QueueItem;
  /** From 0. */
  readonly place: number;
  readonly count: number;
  readonly actions: QueueActions;
}

function Item({ item, place, count, actions }: ItemProps) {
  const { id, name, status, error } = item;
  return (
    <li>
      <div className="queue-item">
        <span className="queue-name clip" title={name}>
          {name}
        </span>
        <StatusWord tone={TONES[status]} icon={status === 'blocked' ? OctagonAlert : Hourglass}>
          {strings.status[status]}
        </StatusWord>
        <span className="small quiet grow">{strings.added(formatStarted(item.addedAt, new Date()))}</span>
        <span className="row">
          <IconButton
            label={strings.up(name)}
            icon={ArrowUp}
            isDisabled={place === 0}
            onClick={() => actions.move(item, 'up', place)}
          />
          <IconButton
            label={strings.down(name)}
            icon={ArrowDown}
            isDisabled={place === count - 1}
            onClick={() => actions.move(item, 'down', place + 2)}
          />
          <IconButton
            label={strings.startName(name)}
            icon={Play}
            isDisabled={status === 'starting'}
            onClick={() => actions.startNow(id)}
          />
          <IconButton label={strings.remove(name)} icon={X} onClick={() => actions.remove(item)} />
        </span>
      </div>
      {error && (
        <p className="small wrap queue-error">
          <span className="error">{error.title}</span> <Prose>{error.cause}</Prose> {error.remedy}
        </p>
      )}
    </li>
  );
}

type QueueActions = ReturnType<typeof useQueueActions>;

function useQueueActions(reload: () => void) {
  const client = useBackend();
  const announce = useAnnounce();
  const [removed, setRemoved] = useState<QueueItem | null>(null);
  const [error, setError] = useState<CodedError | null>(null);

  async function act<N extends 'queue.move' | 'queue.startNow' | 'queue.remove' | 'queue.restore'>(
    name: N,
    input: ProcedureInput<N>,
    words: string | null,
  ): Promise<boolean> {
    const outcome = await client.call(name, input);
    setError(outcome.ok ? null : outcome.error);
    if (outcome.ok && words !== null) announce(words);
    reload();
    return outcome.ok;
  }

  return {
    removed,
    error,
    /** `place`: where it comes to stand, from 1. */
    move: ({ id, name }: QueueItem, to: 'up' | 'down', place: number) =>
      void act('queue.move', { id, to }, strings.moved(name, place)),
    startNow: (id: string) => void act('queue.startNow', { id }, null),
    remove: async (item: QueueItem) => {
      if (await act('queue.remove', { id: item.id }, strings.removed(item.name))) setRemoved(item);
    },
    undo: async () => {
      if (removed && (await act('queue.restore', { id: removed.id }, strings.restored(removed.name))))
        setRemoved(null);
    },
  };
}
