/** `luthier runs list`: the runs that are asked for, as the table of the studio finds and orders them. */
import type { RunStatus } from '../../../../src-shared/domain/run.ts';
import { ALL_RUNS, type RunSortKey, type RunsQuestion } from '../../../../src-shared/domain/run-list.ts';
import type { RunStore } from '../../../backend/ports.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { invalidArguments } from '../invalid-arguments.ts';
import { parseSince } from '../parse-since.ts';

export interface ListArguments {
  readonly status: RunStatus[];
  readonly model: readonly string[];
  readonly data: readonly string[];
  readonly tag: readonly string[];
  readonly text?: string;
  /** A day, an instant, or an age such as 7d. */
  readonly since?: string;
  readonly sort: RunSortKey;
  /** The lowest or earliest first. */
  readonly ascending?: boolean;
  readonly limit?: number;
  /** Those that were deleted. */
  readonly deleted?: boolean;
}

export async function listRunsCommand(
  { parts, output }: CommandContext,
  given: ListArguments,
): Promise<ExitCode> {
  const { runs, matches, total, deleted } = parts.store.page(questionOf(parts.store, given, parts.now()));
  if (output.json) await output.document({ runs, matches });
  if (given.deleted ? deleted === 0 : total === 0) {
    await output.text(
      given.deleted ? 'No run is deleted.' : 'There are no runs yet. `luthier demo` makes the first.',
    );
  } else if (matches === 0) await output.text('No run is like that.');
  for (const run of runs) {
    const loss =
      run.lastLoss === null ? '' : `  loss ${run.firstLoss?.toFixed(3)} → ${run.lastLoss.toFixed(3)}`;
    const tags = run.tags.map(tag => `  #${tag}`).join('');
    await output.text(
      `${run.id}  ${run.status.padEnd(11)}  ${run.stepsDone}/${run.plannedSteps}${loss}  ${run.name}${tags}`,
    );
  }
  if (runs.length < matches) await output.text(`${runs.length} of ${matches} runs.`);
  return EXIT.done;
}

function questionOf(store: RunStore, given: ListArguments, now: Date): RunsQuestion {
  const isDeleted = given.deleted === true;
  const facets = store.facets(isDeleted);
  const known = (name: 'models' | 'data' | 'tags') => facets[name].map(({ value }) => value);
  return {
    ...ALL_RUNS,
    text: given.text ?? '',
    statuses: given.status,
    models: namesLike('--model', given.model, known('models')),
    data: namesLike('--data', given.data, known('data')),
    tags: namesLike('--tag', given.tag, known('tags')),
    since: given.since === undefined ? null : parseSince(given.since, now),
    isDeleted,
    sorting: { key: given.sort, isDescending: given.ascending !== true },
    count: given.limit ?? Number.MAX_SAFE_INTEGER,
  };
}

const NAMED = 10;

/** Of the names that runs have, the given one in whatever case, else all that contain it. Throws a CodedException. */
function namesLike(option: string, given: readonly string[], known: readonly string[]): string[] {
  return given.flatMap(text => {
    const word = text.toLowerCase();
    const same = known.filter(name => name.toLowerCase() === word);
    const like = same.length > 0 ? same : known.filter(name => name.toLowerCase().includes(word));
    if (like.length > 0) return like;
    const names = known.slice(0, NAMED).join(', ') + (known.length > NAMED ? ' …' : '');
    throw invalidArguments(
      `No run has ${option} ${text}.`,
      names === '' ? 'Leave it out: no run has one.' : `Give one of those that runs have: ${names}.`,
    );
  });
}
