/** Prompts that training never saw, to try with a click. */
import { useState } from 'react';
import type { HeldOutPrompt } from '../../../src-shared/contract/chat-procedures.ts';
import { useQuery } from '../../backend-client/backend-context.tsx';
import { formatCount } from '../../format/numbers.ts';
import { chatStrings as strings } from '../../strings/chat.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorCallout } from '../../ui/callout.tsx';

interface HeldOutListProps {
  readonly id: string;
  readonly chosen: HeldOutPrompt | null;
  onChoose(prompt: HeldOutPrompt): void;
}

const SHOWN = 100;

export function HeldOutList({ id, chosen, onChoose }: HeldOutListProps) {
  const [prepare, setPrepare] = useState(false);
  const query = useQuery('chat.heldOut', { id, count: SHOWN, prepare });
  const isPreparing = prepare && query.status === 'ready' && query.value.source === 'unprepared';
  return (
    <section className="chat-part held-out" aria-label={strings.heldOut}>
      <h2>{strings.heldOut}</h2>
      {query.status === 'failed' && <ErrorCallout error={query.error} />}
      {query.status === 'ready' && (
        <>
          <p className="small soft">
            {strings.heldOutSources[query.value.source](formatCount(query.value.total))}
          </p>
          {query.value.source === 'unprepared' && (
            <Button isDisabled={isPreparing} onClick={() => setPrepare(true)}>
              {isPreparing ? strings.preparing : strings.prepare}
            </Button>
          )}
          {query.value.prompts.length > 0 && (
            <ul className="held-out-list" aria-label={strings.heldOutList}>
              {query.value.prompts.map((prompt, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the list does not change
                <li key={i}>
                  <button type="button" aria-pressed={prompt === chosen} onClick={() => onChoose(prompt)}>
                    {prompt.messages.at(-1)?.content}
                  </button>
                </li>
              ))}
            </ul>
          )}
        </>
      )}
    </section>
  );
}
