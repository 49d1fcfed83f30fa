/** Says that a run waits in the queue, and where that is. */
import { hrefOf } from '../router.ts';
import { queueStrings as strings } from '../strings/queue.ts';
import { Callout } from '../ui/callout.tsx';

export function QueuedNotice({ words }: { readonly words: string }) {
  return (
    <Callout tone="ok" title={words}>
      <p>
        {strings.startsLater} <a href={hrefOf({ page: 'live' })}>{strings.show}</a>
      </p>
    </Callout>
  );
}
