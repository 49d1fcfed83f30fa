/** A chat: base and tuned models answer the same prompt with the same settings, token by token. */
import { statSync } from 'node:fs';
import type { WhenBusy } from '../../src-shared/contract/chat-procedures.ts';
import { fail, type Outcome, ok } from '../../src-shared/contract/coded-error.ts';
import type { ProcedureOutput } from '../../src-shared/contract/procedures.ts';
import type {
  ChatAnswer,
  ChatEvent,
  ChatMessage,
  ChatModel,
  ChatSampling,
  ChatSide,
} from '../../src-shared/domain/chat.ts';
import type { ChatPrompt, EncodedPrompt } from '../pipeline/job-results.ts';
import type { BackendParts } from './backend-parts.ts';
import type { Lease } from './compute-lease.ts';
import { findRun } from './find-run.ts';
import type { RunBrief } from './ports.ts';

export interface ChatRequest {
  readonly sides: readonly ChatSide[];
  readonly sampling: ChatSampling;
  readonly choices: number;
  readonly whenBusy: WhenBusy;
}

export interface ChatOptions {
  /** Aborting stops the answers and keeps what was said; before the first it cancels. */
  readonly signal: AbortSignal;
  readonly onEvent: (event: ChatEvent) => void;
}

/**
 * The answers in the order of the sides. Errors: `run.notFound`, `run.noAdapter`, `compute.busy`, `memory.short`,
 * `job.cancelled`, those of model and template.
 */
export async function chat(
  parts: BackendParts,
  request: ChatRequest,
  { signal, onEvent }: ChatOptions,
): Promise<Outcome<{ answers: ChatAnswer[] }>> {
  const prompts: ChatPrompt[] = [];
  for (const side of request.sides) {
    const prompt = await promptOfSide(parts, side, signal);
    if (!prompt.ok) return prompt;
    prompts.push(prompt.value);
  }
  const lease = await leaseFor(parts, request.whenBusy, prompts, signal, onEvent);
  if (!lease.ok) return lease;
  try {
    const { sampling, choices } = request;
    const said = await parts.workers.inference.converse(
      { sides: prompts, sampling, choices, threads: null },
      { signal, onEvent },
    );
    return said.ok ? ok({ answers: [...said.value.answers] }) : said;
  } finally {
    lease.value.release();
  }
}

/** A conversation as a run's template and tokenizer put it, up to where the answer begins. */
export async function encodeForRun(
  parts: BackendParts,
  id: string,
  messages: readonly ChatMessage[],
  signal: AbortSignal,
): Promise<Outcome<EncodedPrompt>> {
  const found = findRun(parts, id);
  if (!found.ok) return found;
  return parts.workers.explorer.ask({ kind: 'prompt', recipe: found.value.recipe, messages }, signal);
}

/** What a chat with the run begins with, and which of its models can answer. */
export function describeChat(parts: BackendParts, id: string): Outcome<ProcedureOutput<'chat.describe'>> {
  const found = findRun(parts, id);
  if (!found.ok) return found;
  const { run, recipe } = found.value;
  return ok({
    name: run.name,
    systemPrompt: recipe.dataset.systemPrompt,
    models: MODELS.filter(model => adapterOf(run, model).ok),
  });
}

const MODELS = ['base', 'tuned', 'best'] as const satisfies readonly ChatModel[];

async function promptOfSide(
  parts: BackendParts,
  { run: id, model, messages }: ChatSide,
  signal: AbortSignal,
): Promise<Outcome<ChatPrompt>> {
  const found = findRun(parts, id);
  if (!found.ok) return found;
  const { run, recipe } = found.value;
  const adapterPath = adapterOf(run, model);
  if (!adapterPath.ok) return adapterPath;
  const encoded = await encodeForRun(parts, id, messages, signal);
  if (!encoded.ok) return encoded;
  const { ids, stopIds } = encoded.value;
  return ok({ modelPath: recipe.model.path, adapterPath: adapterPath.value, prompt: ids, stopIds });
}

export function adapterOf(run: RunBrief, model: ChatModel): Outcome<string | null> {
  if (model === 'base') return ok(null);
  const path = model === 'best' ? run.bestAdapterPath : run.adapterPath;
  if (path !== null) return ok(path);
  return fail({
    code: 'run.noAdapter',
    title: model === 'best' ? 'The run has no best adapter.' : 'The run has no adapter.',
    cause: `The run ${run.name} is ${run.status}, and no such adapter was saved.`,
    remedy: 'Choose a run that was completed, or stopped and kept.',
  });
}

const NO_LEASE: Lease = { release: () => undefined };

async function leaseFor(
  parts: BackendParts,
  whenBusy: WhenBusy,
  prompts: readonly ChatPrompt[],
  signal: AbortSignal,
  onEvent: (event: ChatEvent) => void,
): Promise<Outcome<Lease>> {
  const lease = parts.lease.take('a chat');
  if (lease.ok || whenBusy === 'refuse') return lease;
  if (whenBusy === 'wait') {
    onEvent({ type: 'waiting', cause: lease.error.cause });
    return parts.lease.whenFree('a chat', signal);
  }
  return hasMemoryFor(parts, prompts);
}

/** Weights are mapped from the file; the context and what is computed come on top. */
const MEMORY_PER_WEIGHT_BYTE = 1.25;

/** Beside a run that trains, a chat must not be what ends it for want of memory. */
function hasMemoryFor(parts: BackendParts, prompts: readonly ChatPrompt[]): Outcome<Lease> {
  const models = [...new Set(prompts.map(({ modelPath }) => modelPath))];
  const wanted = models.reduce((sum, path) => sum + statSync(path).size * MEMORY_PER_WEIGHT_BYTE, 0);
  const free = parts.appInfo().memoryFreeBytes;
  if (wanted <= free) return ok(NO_LEASE);
  const inMegabytes = (bytes: number) => `${Math.ceil(bytes / 1e6)} MB`;
  return fail({
    code: 'memory.short',
    title: 'There is not enough free memory beside the run.',
    cause: `The chat needs about ${inMegabytes(wanted)}, and ${inMegabytes(free)} are free.`,
    remedy: 'Wait until the run is done, or stop it.',
  });
}
