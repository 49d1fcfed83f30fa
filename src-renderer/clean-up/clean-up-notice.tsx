/** A clean-up under way with the way to stop it, and afterwards what it did and the way back. */
import { Undo2 } from 'lucide-react';
import { formatCount } from '../format/numbers.ts';
import { diskStrings as strings } from '../strings/disk.ts';
import { Button } from '../ui/button.tsx';
import { Callout } from '../ui/callout.tsx';
import { Progress } from '../ui/progress.tsx';
import { type CleanUp, trashIdsOf } from './use-clean-up.ts';

interface CleanUpNoticeProps {
  readonly cleanUp: CleanUp;
  /** What was done, in words. */
  readonly done: string;
  onUndo(): void;
}

export function CleanUpNotice({ cleanUp, done, onUndo }: CleanUpNoticeProps) {
  const { cleaning, result, isBusy, stop } = cleanUp;
  if (cleaning) {
    const figures = strings.cleaning(formatCount(cleaning.done), formatCount(cleaning.total));
    return (
      <div className="row">
        <div className="grow">
          <Progress label={strings.clean} valueText={figures} value={cleaning.done} max={cleaning.total} />
        </div>
        <span className="small num">{figures}</span>
        <Button onClick={stop}>{strings.stop}</Button>
      </div>
    );
  }
  if (!result) return null;
  return (
    <Callout tone={result.kept.length > 0 ? 'warn' : 'ok'} title={done}>
      {result.kept.map(({ id, reason }) => (
        <p key={id} className="wrap">
          {strings.kept(id, reason)}
        </p>
      ))}
      {trashIdsOf(result).length > 0 && (
        <Button icon={Undo2} isDisabled={isBusy} onClick={onUndo}>
          {strings.undo}
        </Button>
      )}
    </Callout>
  );
}
