/** How far a piece of work is, in words too, and the button that ends it early. */
import { X } from 'lucide-react';
import { Button } from './button.tsx';
import { Progress } from './progress.tsx';

interface StoppableProgressProps {
  readonly label: string;
  /** How far it is. */
  readonly words: string;
  readonly done: number;
  /** Null where nobody knows yet. */
  readonly total: number | null;
  readonly stop: string;
  onStop(): void;
}

export function StoppableProgress({ label, words, done, total, stop, onStop }: StoppableProgressProps) {
  return (
    <div className="row" role="status">
      <div className="grow">
        <Progress label={label} valueText={words} value={done} max={total ?? 0} />
      </div>
      <span className="small num">{words}</span>
      <Button icon={X} onClick={onStop}>
        {stop}
      </Button>
    </div>
  );
}
