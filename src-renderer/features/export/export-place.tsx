/** Whether an export fits where it shall go, and the question before something is replaced. */
import type { ExportPlan } from '../../../src-shared/contract/export-procedures.ts';
import { formatBytes } from '../../format/numbers.ts';
import { exportStrings as strings } from '../../strings/export.ts';

interface ExportPlaceProps {
  /** Null while it is looked at. */
  readonly plan: ExportPlan | null;
  readonly replaces: boolean;
  onReplace(replaces: boolean): void;
}

export function ExportPlace({ plan, replaces, onReplace }: ExportPlaceProps) {
  if (plan === null) return <p className="small soft">{strings.planning}</p>;
  if (!plan.isFolderThere) return <p className="error wrap">{strings.noFolder(plan.folder)}</p>;
  return (
    <div className="stack">
      <p className="small soft">{spaceText(plan)}</p>
      {!plan.hasSpace && <p className="error">{strings.noSpace}</p>}
      {plan.isTaken && (
        <div className="row row-wrap">
          <p className="wrap">{strings.taken(plan.target)}</p>
          <label className="row">
            <input type="checkbox" checked={replaces} onChange={event => onReplace(event.target.checked)} />
            {strings.replace}
          </label>
        </div>
      )}
    </div>
  );
}

function spaceText({ neededBytes, freeBytes }: ExportPlan): string {
  const needed = neededBytes === null ? null : formatBytes(neededBytes);
  const free = freeBytes === null ? null : formatBytes(freeBytes);
  if (needed !== null && free !== null) return strings.needs(needed, free);
  if (needed !== null) return strings.needsOnly(needed);
  return free === null ? '' : strings.free(free);
}
