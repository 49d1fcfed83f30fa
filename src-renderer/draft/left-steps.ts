/**
 * Undo over a reload: the steps of a window, which it leaves to itself as it goes. They lie in the storage of the one
 * window and end with it; the draft itself is in the data folder.
 */
import { z } from 'zod';
import { type KeptDraft, keptDraftSchema } from '../../src-shared/domain/kept-draft.ts';
import type { DraftSteps, DraftStore } from './draft-store.ts';

const STEPS_KEY = 'luthier.undo';
/** A few kilobytes each; a browser gives some megabytes. */
const LEFT_STEPS = 50;

const leftSchema = z.object({
  past: z.array(keptDraftSchema),
  current: keptDraftSchema,
  future: z.array(keptDraftSchema),
});

/** For the moment in which the page is left. */
export function leaveSteps(storage: Pick<Storage, 'setItem'>, store: DraftStore): void {
  const { past, future } = store.steps();
  const left = {
    past: past.slice(-LEFT_STEPS),
    current: store.entry(),
    future: future.slice(-LEFT_STEPS),
  };
  try {
    storage.setItem(STEPS_KEY, JSON.stringify(left));
  } catch {
    // A browser whose storage is full or off begins without steps.
  }
}

/**
 * The steps of a page that begins with `first`. Where another window wrote it, what this one had is a step of undo
 * away, and `before` as well: another state that may be wanted back.
 */
export function takeUpSteps(
  storage: Pick<Storage, 'getItem'>,
  first: KeptDraft,
  before: KeptDraft | null,
): DraftSteps {
  const left = readLeft(storage);
  if (left !== null && isSame(left.current, first)) return { past: left.past, future: left.future };
  const past = left === null ? [] : [...left.past, left.current];
  const last = past.at(-1);
  if (before !== null && (last === undefined || !isSame(last, before))) past.push(before);
  return { past, future: [] };
}

function readLeft(storage: Pick<Storage, 'getItem'>): z.infer<typeof leftSchema> | null {
  try {
    return leftSchema.safeParse(JSON.parse(storage.getItem(STEPS_KEY) ?? 'null')).data ?? null;
  } catch {
    return null;
  }
}

function isSame(a: KeptDraft, b: KeptDraft): boolean {
  const text = ({ recipe, path, parent }: KeptDraft) => JSON.stringify([recipe, path, parent]);
  return text(a) === text(b);
}
