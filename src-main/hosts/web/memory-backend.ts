/** Test-only: a small backend in memory that keeps the promises of BackendFace and lets tests look inside. */
import type { CodedError } from '../../../src-shared/contract/coded-error.ts';
import type { CallResult } from '../../../src-shared/contract/messages.ts';
import { isStreamName } from '../../../src-shared/contract/procedures.ts';
import type { RunSummary } from '../../../src-shared/domain/run.ts';
import type { RunsPage, RunsQuestion } from '../../../src-shared/domain/run-list.ts';
import { type Settings, type SettingsView, settingsSchema } from '../../../src-shared/domain/settings.ts';
import type { BackendFace } from '../../backend/backend-face.ts';

/**
 * `app.info` answers `{ echo: input }`, `runs.list` answers those of `runs` that have a wanted status, `runs.show` one of
 * `details`, `settings.show` the defaults with `settings`, `chat.answer` waits until it is aborted or released, and every other name is unknown. Both streams of the contract exist.
 */
export class MemoryBackend implements BackendFace {
  runs: readonly RunSummary[] = [];
  /** By the id of the run. */
  readonly details = new Map<string, unknown>();
  settings: Partial<Settings> = {};
  /** Answers of `chat.answer` calls that still wait. */
  readonly waiting = new Set<(result: CallResult) => void>();
  aborted = 0;
  closed = 0;
  /** Delivered inside `subscribe`, before it returns: what a busy stream may do. */
  readonly eventsWhileSubscribing: unknown[] = [];
  readonly #listeners = new Map<symbol, { stream: string; onEvent: (event: unknown) => void }>();

  get openSubscriptions(): number {
    return this.#listeners.size;
  }

  async call(procedure: string, input: unknown, signal: AbortSignal): Promise<CallResult> {
    if (procedure === 'app.info') return { ok: true, value: { echo: input } };
    if (procedure === 'runs.list') return { ok: true, value: this.#list(input) };
    if (procedure === 'runs.show') return this.#show((input as { id: string }).id);
    if (procedure === 'settings.show') return { ok: true, value: this.#settingsView() };
    if (procedure === 'chat.answer') return await this.#waitForRelease(signal);
    return { ok: false, error: error('call.unknownProcedure') };
  }

  subscribe(stream: string, _input: unknown, onEvent: (event: unknown) => void) {
    if (!isStreamName(stream)) return { ok: false as const, error: error('subscription.unknownStream') };
    const key = Symbol(stream);
    this.#listeners.set(key, { stream, onEvent });
    for (const event of this.eventsWhileSubscribing) onEvent(event);
    return { ok: true as const, subscription: { unsubscribe: () => void this.#listeners.delete(key) } };
  }

  async close(): Promise<void> {
    this.closed += 1;
  }

  publish(stream: string, event: unknown): void {
    for (const listener of this.#listeners.values()) if (listener.stream === stream) listener.onEvent(event);
  }

  release(value: unknown): void {
    for (const answer of this.waiting) answer({ ok: true, value });
  }

  #list(input: unknown): RunsPage {
    const { statuses = [] } = input as Partial<RunsQuestion>;
    const runs = this.runs.filter(({ status }) => statuses.length === 0 || statuses.includes(status));
    return { runs, matches: runs.length, total: this.runs.length, deleted: 0, groups: [] };
  }

  #show(id: string): CallResult {
    const value = this.details.get(id);
    return value === undefined ? { ok: false, error: error('run.notFound') } : { ok: true, value };
  }

  #settingsView(): SettingsView {
    const settings = settingsSchema.parse(this.settings);
    return { settings, path: '/home/settings.json', faulty: [], missingFolders: [] };
  }

  #waitForRelease(signal: AbortSignal): Promise<CallResult> {
    return new Promise(resolve => {
      const answer = (result: CallResult) => {
        this.waiting.delete(answer);
        resolve(result);
      };
      this.waiting.add(answer);
      signal.addEventListener('abort', () => {
        this.aborted += 1;
        answer({ ok: false, error: error('call.cancelled') });
      });
    });
  }
}

function error(code: string): CodedError {
  return { code, title: 'A title.', cause: 'A cause.', remedy: 'A remedy.' };
}
