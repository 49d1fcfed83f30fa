/**
 * The runs of a question, of which only the pages near the window are asked for. What is shown stays until the answer
 * to a newer question, or to the same one asked again, is there.
 */
import type { CodedError } from '../../../src-shared/contract/coded-error.ts';
import type { RunSummary } from '../../../src-shared/domain/run.ts';
import type { RunsChoice } from '../../../src-shared/domain/run-list.ts';
import type { BackendClient } from '../../backend-client/client.ts';

export const PAGE_RUNS = 100;

export interface RunPagesView {
  /** The question that the runs answer; null before the first answer. */
  readonly choice: RunsChoice | null;
  readonly pages: ReadonlyMap<number, readonly RunSummary[]>;
  readonly matches: number;
  readonly total: number;
  readonly error: CodedError | null;
}

export interface RunPages {
  getView(): RunPagesView;
  subscribe(listener: () => void): () => void;
  /** Another question begins at its first page. */
  ask(choice: RunsChoice): void;
  /** Says which places are near the window; `last` is exclusive. */
  need(first: number, last: number): void;
  /** Asks again for what is near the window. */
  reload(): void;
  /** Withdraws what is asked; `ask` begins again. */
  stop(): void;
}

const NOTHING: RunPagesView = { choice: null, pages: new Map(), matches: 0, total: 0, error: null };

export function createRunPages(client: Pick<BackendClient, 'call'>): RunPages {
  const listeners = new Set<() => void>();
  let view = NOTHING;
  let wanted: RunsChoice | null = null;
  let near = { first: 0, last: 1 };
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
    const { runs, matches, total } = outcome.value;
    const known = view.choice === choice ? view.pages : [];
    show({ choice, pages: new Map([...known, [page, runs]]), matches, total, error: null });
    askNear();
  }

  function askNear(): void {
    if (wanted === null) return;
    const end = view.choice === wanted ? Math.min(near.last, view.matches) : near.last;
    for (let page = Math.floor(near.first / PAGE_RUNS); page * PAGE_RUNS < end; page++) {
      if (asked.has(page)) continue;
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
      wanted = choice;
      near = { first: 0, last: 1 };
      askAnew();
    },
    need(first, last) {
      near = { first, last };
      askNear();
    },
    reload: askAnew,
    stop() {
      wanted = null;
      abort.abort();
    },
  };
}
