/** A run of a process that waits for its own turn, as `luthier train --wait` does. */
import { setTimeout as sleep } from 'node:timers/promises';
import { fail, type Outcome } from '../../../src-shared/contract/coded-error.ts';
import type { Recipe } from '../../../src-shared/recipe/schema.ts';
import type { BackendParts } from '../backend-parts.ts';
import { type LaunchedRun, launchRun } from '../launch-run.ts';
import type { LaunchOptions } from '../supervise-run.ts';

const LOOK_EVERY_MS = 500;

/**
 * Takes a place in the queue, waits until it is the first and no other process trains, and launches. `onWait` hears
 * once what it waits for. Errors: `job.cancelled`, those of `launchRun`; the place is given up in any case.
 */
export async function launchInTurn(
  parts: BackendParts,
  recipe: Recipe,
  options: LaunchOptions,
  onWait: (what: string) => void,
): Promise<Outcome<LaunchedRun>> {
  const id = parts.newId();
  parts.queue.add({ id, recipe, isDemo: false, parent: options.parent ?? null, waiterPid: process.pid });
  try {
    let hasSaid = false;
    while (!options.signal.aborted) {
      const elsewhere = parts.runElsewhere();
      if (elsewhere === null && parts.queue.claim(process.pid, id) !== null) {
        return await launchRun(parts, recipe, options);
      }
      if (!hasSaid)
        onWait(elsewhere === null ? 'the runs before it in the queue' : `the run ${elsewhere.name}`);
      hasSaid = true;
      parts.queue.beat(process.pid);
      await sleep(LOOK_EVERY_MS, undefined, { signal: options.signal }).catch(() => undefined);
    }
    return fail({
      code: 'job.cancelled',
      title: 'The wait in the queue was ended.',
      cause: `It was asked to stop before the run ${recipe.name} had its turn.`,
      remedy: 'Start it again when you like.',
    });
  } finally {
    parts.queue.finish(id);
  }
}
