/** How much prepared datasets may take. */
import { useId, useState } from 'react';
import type { CodedError } from '../../../src-shared/contract/coded-error.ts';
import { useSettings } from '../../backend-client/use-settings.ts';
import { diskStrings as strings } from '../../strings/disk.ts';
import { useAnnounce } from '../../ui/announcer.tsx';
import { Button } from '../../ui/button.tsx';
import { ErrorCallout } from '../../ui/callout.tsx';
import { Card } from '../../ui/card.tsx';

export function LimitCard() {
  const { view, change } = useSettings();
  const announce = useAnnounce();
  const [error, setError] = useState<CodedError | null>(null);
  if (view.status !== 'ready') return null;
  const { cacheLimitBytes } = view.value.settings;
  const set = async (bytes: number | null) => {
    const outcome = await change({ cacheLimitBytes: bytes });
    setError(outcome.ok ? null : outcome.error);
    if (outcome.ok) announce(strings.limitSet);
  };
  return (
    <Card title={strings.kinds.prepared}>
      <LimitForm key={cacheLimitBytes} limitBytes={cacheLimitBytes} onSet={bytes => void set(bytes)} />
      {error && (
        <div className="card-body">
          <ErrorCallout error={error} />
        </div>
      )}
    </Card>
  );
}

interface LimitFormProps {
  readonly limitBytes: number | null;
  onSet(bytes: number | null): void;
}

function LimitForm({ limitBytes, onSet }: LimitFormProps) {
  const id = useId();
  const [text, setText] = useState(
    limitBytes === null ? '' : String(Number((limitBytes / 2 ** 30).toFixed(2))),
  );
  const [isWrong, setIsWrong] = useState(false);
  return (
    <form
      className="card-body field"
      onSubmit={event => {
        event.preventDefault();
        const bytes = Math.round(Number(text) * 2 ** 30);
        const isSize = text.trim() === '' || (Number.isSafeInteger(bytes) && bytes > 0);
        setIsWrong(!isSize);
        if (isSize) onSet(text.trim() === '' ? null : bytes);
      }}
    >
      <label htmlFor={id}>{strings.limit}</label>
      <div className="row">
        <input
          id={id}
          inputMode="decimal"
          autoComplete="off"
          value={text}
          aria-invalid={isWrong}
          aria-describedby={`${id}-help`}
          onChange={event => setText(event.target.value)}
        />
        <Button type="submit">{strings.setLimit}</Button>
      </div>
      <p id={`${id}-help`} className="small soft">
        {isWrong && <span className="error">{strings.notASize} </span>}
        {strings.limitHelp}
      </p>
    </form>
  );
}
