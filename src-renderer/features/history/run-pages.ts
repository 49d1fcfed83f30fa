/**
 * The runs of a question, of which only the pages near the window are asked for. What is shown stays until the answer
 * to a newer question, or to the same one asked again, is there.
 */
import type { CodedError } from '../../../src-shared/contract/coded-error.ts';
import type { RunSummary } from '../../../src-shared/domain/run.ts';
import type { RunsChoice, RunsPage } from '../../../src-shared/domain/run-list.ts';
import type { BackendClient } from '../../backend-client/client.ts';

export const PAGE_RUNS = 100;

export interface RunPagesView extends Omit<RunsPage, 'runs'> {
  /** The question that the runs answer; null before the first answer. */
  readonly choice: RunsChoice | null;
  readonly pages: ReadonlyMap<number, readonly RunSummary[]>;
  readonly error: CodedError | null;
}

export interface RunPages {
  getView(): RunPagesView;
  subscribe(listener: () => void): () => void;
  /** Another question begins at its first page; the one that is asked already is not asked again. */
  ask(choice: RunsChoice): void;
  /** Says which places are near the window. */
  need(places: readonly number[]): void;
  /** Asks again for what is near the window. */
  reload(): void;
  /** Withdraws what is asked; `ask` begins again. */
  stop(): void;
}

const NOTHING: RunPagesView = {
  choice: null,
  pages: new Map(),
  matches: 0,
  total: 0,
  deleted: 0,
  groups: [],
  error: null,
};
const FIRST_PAGE: ReadonlySet<number> = new Set([0]);

export function createRunPages(client: Pick<BackendClient, 'call'>): RunPages {
  const listeners = new Set<() => void>();
  let view = NOTHING;
  let wanted: RunsChoice | null = null;
  let near = FIRST_PAGE;
  let asked = new Set<number>();
  let abort = new AbortController();

  function show(next: RunPagesView): void {
    view = next;
    for (const listener of listeners) listener();
  }

  async function askPage(choice: RunsChoice, page: number, { signal }: AbortController): Promise<void> {
    const question = { ...choice, offset: page * PAGE_RUNS, count: PAGE_RUNS };
    const outcome = await client.call('runs.list', question, { signal });
    if (signal.aborted) return;
    if (!outcome.ok) return show({ ...view, error: outcome.error });
    const { runs, ...counts } = outcome.value;
    const known = view.choice === choice ? view.pages : [];
    show({ ...counts, choice, pages: new Map([...known, [page, runs]]), error: null });
    askNear();
  }

  function askNear(): void {
    if (wanted === null) return;
    for (const page of near) {
      const isBehind = view.choice === wanted && page > 0 && page * PAGE_RUNS >= view.matches;
      if (asked.has(page) || isBehind) continue;
      asked.add(page);
      void askPage(wanted, page, abort);
    }
  }

  function askAnew(): void {
    abort.abort();
    abort = new AbortController();
    asked = new Set();
    askNear();
  }

  return {
    getView: () => view,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    ask(choice) {
      if (choice === wanted) return;
      wanted = choice;
      near = FIRST_PAGE;
      askAnew();
    },
    need(places) {
      near = places.length === 0 ? FIRST_PAGE : new Set(places.map(place => Math.floor(place / PAGE_RUNS)));
      askNear();
    },
    reload: askAnew,
    stop() {
      wanted = null;
      abort.abort();
    },
  };
}
