/** The history as a host opens it: salvaged first where it is damaged. */
import { type CodedError, fail, type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { RunStore } from '../../backend/ports.ts';
import { openDatabase, unreadable } from './open-database.ts';
import { createRunStore } from './run-store.ts';
import { isDamage, type Salvage, salvageHistory, suspectDamage } from './salvage-history.ts';

export interface OpenedHistory {
  readonly store: RunStore;
  /** Not null where the history was damaged and this start has made a new one of what could be read. */
  readonly salvage: Salvage | null;
}

/** Errors: those of `openDatabase`. */
export function openHistory(path: string, now: Date): Outcome<OpenedHistory> {
  let salvage: Salvage | null = null;
  try {
    salvage = salvageHistory(path, now);
  } catch (error) {
    return fail(unreadable(path, error));
  }
  const database = openDatabase(path);
  if (!database.ok) return database;
  return ok({ store: rememberDamage(createRunStore(database.value), path), salvage });
}

/** What a user is told. */
export function salvageNotice({ setAside, damage, runs, steps }: Salvage): CodedError {
  return {
    code: 'history.salvaged',
    title: 'The history was damaged and has been made anew from what could be read.',
    cause: `${damage}. The damaged file is kept as ${setAside}.`,
    remedy: `${runs} runs with ${steps} steps are there again. Files of runs were not touched.`,
  };
}

/** Damage that shows only when a row is read has the history checked at the next start. */
function rememberDamage(store: RunStore, path: string): RunStore {
  const watched = Object.entries(store).map(([name, method]) => [
    name,
    (...input: unknown[]) => {
      try {
        return (method as (...given: unknown[]) => unknown)(...input);
      } catch (error) {
        if (isDamage(error)) suspectDamage(path);
        throw error;
      }
    },
  ]);
  const watching = Object.fromEntries(watched) as RunStore;
  return {
    ...watching,
    integrity() {
      const found = watching.integrity();
      if (found !== 'ok') suspectDamage(path);
      return found;
    },
  };
}
