/** How much prepared datasets may take. */
import { useId, useState } from 'react';
import { diskStrings as strings } from '../../strings/disk.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';

interface LimitCardProps {
  readonly limitBytes: number | null;
  onSet(bytes: number | null): void;
}

export function LimitCard({ limitBytes, onSet }: LimitCardProps) {
  const id = useId();
  const [text, setText] = useState(
    limitBytes === null ? '' : String(Number((limitBytes / 2 ** 30).toFixed(2))),
  );
  const [isWrong, setIsWrong] = useState(false);
  return (
    <Card title={strings.kinds.prepared}>
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
    </Card>
  );
}
