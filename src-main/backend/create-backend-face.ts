/** The contract's procedures and streams, each answered by one use case. */
import {
  type CodedError,
  fail,
  type Outcome,
  ok,
  toCodedError,
} from '../../src-shared/contract/coded-error.ts';
import {
  isProcedureName,
  isStreamName,
  PROCEDURES,
  type ProcedureInput,
  type ProcedureName,
  type ProcedureOutput,
  STREAMS,
  type StreamEvent,
  type StreamInput,
  type StreamName,
} from '../../src-shared/contract/procedures.ts';
import type { RunPhase } from '../../src-shared/domain/training.ts';
import { reportBehind } from '../pipeline/preflight/refuse-model.ts';
import { runAgain } from './again/run-again.ts';
import { runNotFound } from './answer-prompts.ts';
import type { BackendFace, SubscribeResult } from './backend-face.ts';
import type { BackendParts } from './backend-parts.ts';
import { createChatService } from './chat-handlers.ts';
import { describeDemo } from './demo.ts';
import { discardRun } from './discard-run.ts';
import { createDiskHandlers } from './disk/disk-handlers.ts';
import { createDraftHandlers } from './draft-handlers.ts';
import { DroppedFiles } from './dropped-files.ts';
import type { Unsubscribe } from './event-hub.ts';
import { createExportService } from './export/export-handlers.ts';
import { fileStemOf } from './export/export-name.ts';
import { removeLeftExports } from './export/left-exports.ts';
import { extendRun } from './extend-run.ts';
import { findRun } from './find-run.ts';
import { importRuns } from './history/import-runs.ts';
import { createHistoryHandlers } from './history-handlers.ts';
import type { LaunchedRun } from './launch-run.ts';
import { createLossesHandlers } from './losses/losses-handlers.ts';
import { probeRecipe } from './probe-recipe.ts';
import { createQueueHandlers } from './queue/queue-handlers.ts';
import { QueuePump } from './queue/queue-pump.ts';
import { recipeOfRun } from './recipe-of-run.ts';
import { rememberDevices } from './remember-devices.ts';
import { resumeRun } from './resume-run.ts';
import { changeSettings, showSettings } from './settings/change-settings.ts';
import { parentIn, recipeOf, startQueued, startRun } from './start-run.ts';
import { type LaunchOptions, PAUSE, runDirectoryOf } from './supervise-run.ts';

type Handlers = {
  readonly [N in ProcedureName]: (
    input: ProcedureInput<N>,
    signal: AbortSignal,
  ) => Promise<Outcome<ProcedureOutput<N>>> | Outcome<ProcedureOutput<N>>;
};

type Streams = {
  readonly [N in StreamName]: (
    input: StreamInput<N>,
    onEvent: (event: StreamEvent<N>) => void,
  ) => Unsubscribe;
};

/** Deliveries to a page, at most this often. */
const DELIVERY_EVERY_MS = 100;

export function createBackendFace(parts: BackendParts): BackendFace {
  const unfinished = new Set<Promise<unknown>>();
  const inBackground = ({ id, finished }: LaunchedRun): string => {
    unfinished.add(finished);
    void finished.then(() => unfinished.delete(finished));
    return id;
  };
  const devices = rememberDevices(parts);
  const chats = createChatService(parts);
  const exports = createExportService(parts);
  removeLeftExports(parts.home);
  const dropped = new DroppedFiles(parts);
  const pump = new QueuePump(parts, async (item, lease, signal) => {
    const launched = await startQueued(parts, item, lease, untilLaunched(signal));
    return launched.ok ? ok({ id: inBackground(launched.value) }) : launched;
  });
  const queue = createQueueHandlers(parts, pump);
  /** With what a run of this process has measured and not written yet. */
  const readMeasured = <T>(id: string, read: () => T): Outcome<T> => {
    parts.flush.get(id)?.();
    return parts.store.brief(id) ? ok(read()) : fail(runNotFound(id));
  };
  const handlers: Handlers = {
    ...createDraftHandlers(parts),
    ...chats.handlers,
    ...createHistoryHandlers(parts),
    ...createLossesHandlers(parts),
    ...exports.handlers,
    'app.info': async () => ok({ ...parts.appInfo(), devices: await devices() }),
    ...createDiskHandlers(parts),
    'settings.show': () => ok(showSettings(parts)),
    'settings.change': ({ changes }, signal) => changeSettings(parts, changes, signal),
    'dropped.begin': input => dropped.begin(input),
    'dropped.part': input => dropped.part(input),
    'dropped.keep': ({ id }) => dropped.keep(id),
    'dropped.abandon': ({ id }) => {
      dropped.abandon(id);
      return ok({});
    },
    'demo.describe': () => describeDemo(parts),
    'preflight.run': async (source, signal) => {
      const recipe = recipeOf(parts, source);
      if (!recipe.ok) return recipe;
      const prepared = await parts.workers.preparer.prepare(recipe.value, { signal });
      if (prepared.ok) return ok(prepared.value.report);
      const report = reportBehind(prepared.error);
      return report === null ? prepared : ok(report);
    },
    'preflight.probe': async (source, signal) => {
      const recipe = recipeOf(parts, source);
      if (!recipe.ok) return recipe;
      const prepared = await parts.workers.preparer.prepare(recipe.value, { signal });
      if (!prepared.ok) return prepared;
      return await probeRecipe(parts, recipe.value, prepared.value, { signal });
    },
    'runs.start': async (source, signal) => {
      const launched = await startRun(parts, source, untilLaunched(signal));
      return launched.ok ? ok({ id: inBackground(launched.value) }) : launched;
    },
    'runs.again': async ({ id, accepted }, signal) => {
      const launched = await runAgain(parts, id, accepted, untilLaunched(signal));
      return launched.ok ? ok({ id: inBackground(launched.value) }) : launched;
    },
    'queue.list': queue.list,
    'queue.add': source => {
      const recipe = recipeOf(parts, source);
      if (!recipe.ok) return recipe;
      return queue.add(recipe.value, source.kind === 'demo', parentIn(parts, source, recipe.value));
    },
    'queue.move': ({ id, to }) => queue.move(id, to),
    'queue.startNow': ({ id }) => queue.startNow(id),
    'queue.remove': ({ id }) => queue.remove(id),
    'queue.restore': ({ id }) => queue.restore(id),
    'runs.stop': ({ id }) => askToStop(parts, id),
    'runs.discard': ({ id }) => discardRun(parts, id),
    'runs.pause': ({ id }) => askToStop(parts, id, PAUSE),
    'runs.resume': async ({ id }, signal) => {
      const resumed = await resumeRun(parts, id, null, untilLaunched(signal));
      return resumed.ok ? ok({ id: inBackground(resumed.value) }) : resumed;
    },
    'runs.import': ({ path, workId }, signal) =>
      importRuns(parts, path ?? parts.home, { signal, onProgress: parts.events.throttledProgress(workId) }),
    'runs.recipe': ({ id }) => {
      const recipe = recipeOfRun(parts, id);
      return recipe.ok
        ? ok({
            recipe: recipe.value,
            yaml: parts.recipeToYaml(recipe.value),
            file: {
              name: `${fileStemOf(recipe.value.name)}.luthier.yaml`,
              text: parts.recipeToYaml(recipe.value, id),
            },
          })
        : recipe;
    },
    'runs.extend': async ({ id, length }, signal) => {
      const extended = await extendRun(parts, id, length, untilLaunched(signal));
      return extended.ok ? ok({ id: inBackground(extended.value) }) : extended;
    },
    'runs.show': ({ id }) => {
      parts.flush.get(id)?.();
      const run = parts.store.show(id);
      return run ? ok(run) : fail(runNotFound(id));
    },
    'runs.log': ({ id }) => {
      const found = findRun(parts, id);
      if (!found.ok) return found;
      return ok(parts.trainerLogs.read(runDirectoryOf(parts, found.value.recipe, id)));
    },
    'runs.metrics': ({ id, ...question }) => readMeasured(id, () => parts.store.metrics(id, question)),
    'runs.steps': ({ id, offset, count }) => readMeasured(id, () => parts.store.steps(id, offset, count)),
  };
  const streams: Streams = {
    'run.events': ({ id }, onEvents) => inBatches(onEvents, onEvent => parts.events.watch(id, onEvent)),
    'run.phase': ({ id }, onEvent) =>
      theLatest<RunPhase | null>(
        phase => onEvent({ phase }),
        onPhase => parts.events.watchPhase(id, onPhase),
      ),
    'chat.events': ({ chatId }, onEvents) => inBatches(onEvents, onEvent => chats.watch(chatId, onEvent)),
    'work.progress': ({ workId }, onEvent) => parts.events.watchProgress(workId, onEvent),
    'queue.changed': (_input, onEvent) => parts.events.watchQueue(() => onEvent({})),
    'draft.changed': (_input, onEvent) => parts.events.watchDraft(change => onEvent({ ...change })),
    'settings.changed': (_input, onEvent) => parts.events.watchSettings(names => onEvent({ names })),
    'runs.changed': (_input, onEvent) => parts.events.watchChanges(id => onEvent({ id })),
  };

  return {
    async call(procedure, input, signal) {
      if (!isProcedureName(procedure)) return fail(unknownName('procedure', procedure));
      const parsed = PROCEDURES[procedure].input.safeParse(input);
      if (!parsed.success) return fail(wrongInput(procedure, parsed.error.message));
      try {
        return await handlers[procedure](parsed.data as never, signal);
      } catch (thrown) {
        return fail(toCodedError(thrown));
      }
    },
    subscribe(stream, input, onEvent): SubscribeResult {
      if (!isStreamName(stream)) return fail(unknownName('stream', stream));
      const parsed = STREAMS[stream].input.safeParse(input);
      if (!parsed.success) return fail(wrongInput(stream, parsed.error.message));
      const unsubscribe = streams[stream](parsed.data as never, onEvent);
      return { ok: true, subscription: { unsubscribe } };
    },
    async close() {
      await pump.close();
      for (const stop of parts.running.values()) stop.abort();
      await Promise.allSettled(unfinished);
      dropped.close();
      await chats.close();
      await exports.close();
      parts.workers.explorer.close();
      parts.queue.close();
      parts.store.close();
    },
  };
}

/** A page that leaves cancels the preparation, but never a run that has begun: it goes on in the backend. */
function untilLaunched(signal: AbortSignal): LaunchOptions {
  const preparation = new AbortController();
  const cancel = () => preparation.abort();
  signal.addEventListener('abort', cancel, { once: true });
  return {
    signal: preparation.signal,
    onEvent: event => {
      if (event.type === 'run') signal.removeEventListener('abort', cancel);
    },
  };
}

function askToStop(parts: BackendParts, id: string, reason?: string): Outcome<Record<string, never>> {
  const running = parts.running.get(id);
  if (!running) return fail(notRunning(id));
  running.abort(reason);
  return ok({});
}

/** Gathers single events into a list, delivered at most every `DELIVERY_EVERY_MS`. */
function inBatches<T>(
  onEvents: (events: T[]) => void,
  watch: (onEvent: (event: T) => void) => Unsubscribe,
): Unsubscribe {
  let waiting: T[] = [];
  let timer: NodeJS.Timeout | null = null;
  const deliver = () => {
    timer = null;
    const events = waiting;
    waiting = [];
    onEvents(events);
  };
  const unwatch = watch(event => {
    waiting.push(event);
    timer ??= setTimeout(deliver, DELIVERY_EVERY_MS);
  });
  return () => {
    unwatch();
    if (timer !== null) clearTimeout(timer);
  };
}

/** Passes on the last of several values, at most every `DELIVERY_EVERY_MS`. */
function theLatest<T>(
  onValue: (value: T) => void,
  watch: (onEach: (value: T) => void) => Unsubscribe,
): Unsubscribe {
  return inBatches<T>(values => values.slice(-1).forEach(onValue), watch);
}

function unknownName(kind: string, name: string): CodedError {
  return {
    code: `contract.unknown${kind === 'stream' ? 'Stream' : 'Procedure'}`,
    title: `There is no ${kind} of this name.`,
    cause: `\`${name.slice(0, 100)}\` is not part of the contract.`,
    remedy: 'Reload the page; it may be older than the backend.',
  };
}

function wrongInput(name: string, message: string): CodedError {
  return {
    code: 'contract.wrongInput',
    title: 'The request does not fit the contract.',
    cause: `${name}: ${message}`,
    remedy: 'Reload the page; it may be older than the backend.',
  };
}

function notRunning(id: string): CodedError {
  return {
    code: 'run.notRunning',
    title: 'The run is not running here.',
    cause: `The run ${id} is over, or another process of Luthier runs it.`,
    remedy: 'Look at its status.',
  };
}
