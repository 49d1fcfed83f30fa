/** A check's id, and the runs of one of its rows → the token to look at. */
import type { TokenRun } from '../../../src-shared/domain/explained-row.ts';

/** Checks of how an answer ends. */
const OF_THE_END = /^(tokens\.endNotTrained|labels\.onlyTerminator)$/;

/**
 * Where a row is cut, the first token that is lost; for checks of an answer's end, the last trained token; else the
 * first trained one, or the row's first where none is.
 */
export function tokenOfCheck(check: string, runs: readonly TokenRun[]): number {
  const trained = runs.filter(run => run.state === 'trained');
  if (OF_THE_END.test(check)) return Math.max(0, (trained.at(-1)?.to ?? 1) - 1);
  const cut = runs.find(run => run.reason === 'cutTrained') ?? runs.find(run => run.state === 'cut');
  if (check === 'length.truncated' && cut) return cut.from;
  return trained[0]?.from ?? 0;
}
