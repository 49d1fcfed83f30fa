/** Runs of one name, such as a run and its repetition, told apart by when they started, else by their ids. Pure. */
import type { RunDetails } from '../../../src-shared/domain/run.ts';

type Named = Pick<RunDetails, 'id' | 'name' | 'createdAt'>;

/**
 *     demo (started 9:00), demo (started 9:05), other  →  demo, 9:00; demo, 9:05; other
 */
export function withDistinctNames<R extends Named>(
  runs: readonly R[],
  formatStarted: (createdAt: string) => string,
): readonly R[] {
  const isAlone = (names: readonly string[], name: string) => names.filter(one => one === name).length === 1;
  const names = runs.map(({ name }) => name);
  const timed = runs.map(({ name, createdAt }) =>
    isAlone(names, name) ? name : `${name}, ${formatStarted(createdAt)}`,
  );
  return runs.map((run, i) => {
    const name = timed[i] ?? run.name;
    return { ...run, name: isAlone(timed, name) ? name : `${name}, ${run.id}` };
  });
}
