/**
 * Keeps the draft in the data folder, where every window and browser finds it. What the backend does not have yet lies
 * in the browser's own storage, so that a page that is closed at once loses nothing.
 */
import { type KeptDraft, keptDraftSchema } from '../../src-shared/domain/kept-draft.ts';
import type { BackendClient } from '../backend-client/client.ts';
import { createDraftStore, type DraftStore, emptyDraft } from './draft-store.ts';
import { takeUpSteps } from './left-steps.ts';

/** Earlier versions kept the whole draft under this key, without a revision. */
const UNSENT_KEY = 'luthier.draft';

type Unsent = KeptDraft & {
  /** What the data folder had when it was written; null where nobody knows. */
  readonly revision: number | null;
  /** The window it was written in. */
  readonly windowId: string | null;
};

export interface DraftKeeper {
  readonly store: DraftStore;
  /** Looks whether another window has written; for when somebody comes back to this one. */
  look(): Promise<void>;
}

/**
 * Asks for the draft once; where there is no answer, it begins with what this browser has. `session`: the storage of
 * this window alone, in which its steps of undo outlast a reload.
 */
export async function keepDraft(
  client: BackendClient,
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>,
  session: Pick<Storage, 'getItem'>,
  windowId: string,
): Promise<DraftKeeper> {
  const shown = await client.call('draft.show', {});
  let revision = shown.ok ? shown.value.revision : null;
  const kept = shown.ok ? usable(shown.value.draft) : null;
  const unsent = readUnsent(storage);
  const lastWriter = shown.ok ? shown.value.windowId : null;
  const isNewer =
    unsent !== null &&
    (kept === null ||
      unsent.revision === revision ||
      // The page was closed before it heard that an earlier state of its own was kept.
      (unsent.windowId !== null && unsent.windowId === lastWriter));
  const [first, before] = isNewer
    ? [entryOf(unsent), kept]
    : [kept ?? emptyDraft(), unsent && entryOf(unsent)];
  const store = createDraftStore(first, takeUpSteps(session, first, before));
  /** What the backend is known to have. */
  let known = isNewer ? null : store.entry();
  /** What lies in the browser's storage because the backend may not have it. */
  let remembered: KeptDraft | null = null;
  let isSending = false;
  let isStale = false;

  async function send(): Promise<void> {
    if (isSending) return;
    isSending = true;
    while (store.entry() !== known) {
      const entry = store.entry();
      const answer = await client.call('draft.keep', { draft: entry, windowId });
      store.markKept(answer.ok ? null : answer.error);
      if (!answer.ok) break;
      known = entry;
      revision = answer.value.revision;
    }
    isSending = false;
    if (store.entry() !== known) return;
    storage.removeItem(UNSENT_KEY);
    if (isStale) await look();
  }

  /** Another window's draft is taken over only where nothing of this one is under way: the last to write wins. */
  async function look(): Promise<void> {
    isStale = true;
    if (isSending || store.entry() !== known) return;
    const answer = await client.call('draft.show', {});
    if (isSending || store.entry() !== known) return;
    isStale = false;
    const draft = answer.ok ? usable(answer.value.draft) : null;
    if (!answer.ok || draft === null || (revision !== null && answer.value.revision <= revision)) return;
    revision = answer.value.revision;
    known = draft;
    store.adopt(draft);
  }

  store.subscribe(() => {
    const entry = store.entry();
    if (entry === remembered) return;
    remembered = entry === known ? null : entry;
    if (remembered === null) return;
    remember(storage, { ...entry, revision, windowId });
    void send();
  });
  client.subscribe(
    'draft.changed',
    {},
    {
      event: change => {
        if (change.windowId !== windowId) void look();
      },
      standing: () => void send().then(look),
    },
  );
  if (isNewer) void send();
  return { store, look };
}

function entryOf({ recipe, path, parent }: Unsent): KeptDraft {
  return { recipe, path, parent };
}

/** A recipe has a model and data, be they empty. */
function usable(draft: KeptDraft | null): KeptDraft | null {
  return draft !== null && 'model' in draft.recipe && 'dataset' in draft.recipe ? draft : null;
}

function readUnsent(storage: Pick<Storage, 'getItem'>): Unsent | null {
  try {
    const stored: unknown = JSON.parse(storage.getItem(UNSENT_KEY) ?? 'null');
    const draft = usable(keptDraftSchema.safeParse(stored).data ?? null);
    const { revision, windowId } = (stored ?? {}) as { readonly [key: string]: unknown };
    return (
      draft && {
        ...draft,
        revision: typeof revision === 'number' ? revision : null,
        windowId: typeof windowId === 'string' ? windowId : null,
      }
    );
  } catch {
    // A damaged copy is worth less than a fresh start.
    return null;
  }
}

function remember(storage: Pick<Storage, 'setItem'>, unsent: Unsent): void {
  try {
    storage.setItem(UNSENT_KEY, JSON.stringify(unsent));
  } catch {
    // A browser whose storage is full or off still sends it.
  }
}
