/** What can be done with the chosen runs, and what one of them is called, tagged and noted. */
import { GitCompareArrows, Pin, PinOff, RotateCcw, Trash2 } from 'lucide-react';
import { useMemo } from 'react';
import type { RunSummary } from '../../../src-shared/domain/run.ts';
import { ALL_RUNS, type RunsQuestion } from '../../../src-shared/domain/run-list.ts';
import { TagEditor } from '../../annotate/tag-editor.tsx';
import { useRuns } from '../../backend-client/use-runs.ts';
import { CommandButton } from '../../commands/command-button.tsx';
import { useCommand } from '../../commands/use-commands.tsx';
import { formatCount } from '../../format/numbers.ts';
import { annotateStrings } from '../../strings/annotate.ts';
import { historyStrings as strings } from '../../strings/history.ts';
import { Button } from '../../ui/button.tsx';
import { DeletedFiles } from './deleted-files.tsx';
import { EraseRuns } from './erase-runs.tsx';
import { OneRun } from './one-run.tsx';
import type { ChosenRuns } from './use-chosen-runs.ts';
import type { RunActions } from './use-run-actions.ts';

interface ChosenPanelProps {
  readonly chosen: ChosenRuns;
  readonly isDeleted: boolean;
  readonly actions: RunActions;
  hrefOfRun(id: string): string;
  onCompare(ids: readonly string[]): void;
}

/** The contract gives so many at once; more of them have more tags than anyone reads. */
const LOOKED_AT = 500;

export function ChosenPanel(props: ChosenPanelProps) {
  const { chosen, isDeleted } = props;
  const ids = useMemo(() => [...chosen.ids], [chosen.ids]);
  const question = useMemo(
    (): RunsQuestion => ({ ...ALL_RUNS, ids: ids.slice(0, LOOKED_AT), isDeleted, count: LOOKED_AT }),
    [ids, isDeleted],
  );
  const query = useRuns(question);
  const runs = query.status === 'ready' ? query.value.runs.filter(({ id }) => chosen.ids.has(id)) : [];
  const [only] = runs;
  return (
    <aside className="history-side" aria-label={strings.chosen}>
      <div className="row">
        <h2 className="grow">{strings.chosenCount(formatCount(ids.length))}</h2>
        <Button variant="quiet" onClick={chosen.clear}>
          {strings.chooseNone}
        </Button>
      </div>
      {isDeleted ? <DeletedRuns {...props} ids={ids} /> : <LivingRuns {...props} ids={ids} runs={runs} />}
      {!isDeleted && ids.length === 1 && only && (
        <OneRun key={only.id} run={only} actions={props.actions} href={props.hrefOfRun(only.id)} />
      )}
      {!isDeleted && ids.length > 1 && runs.length > 0 && (
        <section aria-label={annotateStrings.tags} className="stack history-tags">
          <h3>{annotateStrings.tags}</h3>
          <TagEditor
            tags={tagsOf(runs)}
            total={runs.length}
            onAdd={tag => void props.actions.changeAll(ids, { addTags: [tag] })}
            onRemove={tag => void props.actions.changeAll(ids, { removeTags: [tag] })}
          />
          {ids.length > runs.length && (
            <p className="small quiet">{strings.firstOnly(formatCount(runs.length))}</p>
          )}
        </section>
      )}
    </aside>
  );
}

type ActionsProps = ChosenPanelProps & { readonly ids: readonly string[] };

function LivingRuns({
  chosen,
  actions,
  onCompare,
  ids,
  runs,
}: ActionsProps & { readonly runs: readonly RunSummary[] }) {
  const isPinned = runs.length > 0 && runs.every(({ pinned }) => pinned);
  const compare = useCommand({
    id: 'history.compare',
    title: strings.compare(formatCount(ids.length)),
    enabled: ids.length > 1,
    run: () => onCompare(ids),
  });
  const pin = useCommand({
    id: 'history.pin',
    title: isPinned ? strings.unpin : strings.pin,
    enabled: true,
    run: () => void actions.changeAll(ids, { pinned: !isPinned }),
  });
  const remove = useCommand({
    id: 'history.delete',
    title: strings.delete(formatCount(ids.length)),
    enabled: true,
    run: () => {
      chosen.clear();
      void actions.remove(ids);
    },
  });
  return (
    <div className="row row-wrap">
      {ids.length > 1 && <CommandButton command={compare} icon={GitCompareArrows} variant="primary" />}
      <CommandButton command={pin} icon={isPinned ? PinOff : Pin} />
      <CommandButton command={remove} icon={Trash2} />
    </div>
  );
}

function DeletedRuns({ chosen, actions, ids }: ActionsProps) {
  const restore = useCommand({
    id: 'history.restore',
    title: strings.restore(formatCount(ids.length)),
    enabled: true,
    run: () => {
      chosen.clear();
      void actions.restore(ids);
    },
  });
  return (
    <>
      <div className="row row-wrap">
        <CommandButton command={restore} icon={RotateCcw} variant="primary" />
      </div>
      <DeletedFiles ids={ids} />
      <EraseRuns ids={ids} onErased={actions.reload} />
    </>
  );
}

/** The tags of all the runs, with how many of them have each. */
function tagsOf(runs: readonly RunSummary[]): { readonly tag: string; readonly count: number }[] {
  const counts = new Map<string, number>();
  for (const { tags } of runs) for (const tag of tags) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return [...counts].map(([tag, count]) => ({ tag, count }));
}
