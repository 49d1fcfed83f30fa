import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BackendFace } from '../src-main/backend/backend-face.ts';
import type { BackendParts } from '../src-main/backend/backend-parts.ts';
import { chat } from '../src-main/backend/chat.ts';
import { createBackendFace } from '../src-main/backend/create-backend-face.ts';
import type { NewRun } from '../src-main/backend/ports.ts';
import type { ProcedureInput, ProcedureName, ProcedureOutput } from '../src-shared/contract/procedures.ts';
import { type ChatEvent, GREEDY_CHAT } from '../src-shared/domain/chat.ts';
import { openParts } from './backend.ts';
import { createWorkspace, demoDirectory, demoModel, runLuthier } from './luthier-process.ts';

const workspace = createWorkspace('chat');
const LETTER =
  'My hen is red. Please build a maple dulcimer with eight strings for Flora. It should be ready by Monday.';
let parts: BackendParts;
let face: BackendFace;
let run = '';

beforeAll(async () => {
  const data = workspace.write('letters.jsonl', readFileSync(join(demoDirectory, 'train.jsonl'), 'utf8'));
  const recipe = workspace.write(
    'letters.luthier.yaml',
    `version: 1
name: letters
model: {path: ${JSON.stringify(demoModel)}}
dataset: {path: ${JSON.stringify(data)}, validation: {fraction: 0.1}, systemPrompt: Answer with a card., limit: 120}
collator: {maxLength: 160}
adapter: {rank: 4, alpha: 8}
training: {epochs: 1, batchSize: 8, gradientAccumulationSteps: 1, learningRate: 5.0e-3, warmupSteps: 2}
`,
  );
  const trained = await runLuthier('train', recipe, '--json', '--home', workspace.home);
  expect(trained.code, trained.stderr).toBe(0);
  run = (trained.json[0] as { id: string }).id;
  parts = openParts(workspace.home);
  face = createBackendFace(parts);
}, 120_000);

afterAll(async () => {
  await face?.close();
  workspace.remove();
});

/** The same run as when it began. */
function newRun({ store, versions }: BackendParts, id: string): NewRun {
  const details = store.show(id);
  if (!details) throw new Error('There is no such run.');
  const { name, createdAt, hashes, preflight, plannedSteps } = details;
  return {
    ...{ id, name, createdAt, hashes, versions, preflight, plannedSteps },
    recipe: details.recipe as NewRun['recipe'],
    modelName: 'base.gguf',
    dataName: 'letters.jsonl',
    ownerPid: process.pid,
  };
}

async function call<N extends ProcedureName>(name: N, input: ProcedureInput<N>): Promise<ProcedureOutput<N>> {
  const result = await face.call(name, input, new AbortController().signal);
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.cause}`);
  return result.value as ProcedureOutput<N>;
}

const user = (content: string) => [
  { role: 'system' as const, content: 'Answer with a card.' },
  { role: 'user' as const, content },
];
const sides = (content: string) => [
  { run, model: 'base' as const, messages: user(content) },
  { run, model: 'tuned' as const, messages: user(content) },
];

describe('a chat', () => {
  it('streams both sides, and what was streamed is the answer', async () => {
    const events: ChatEvent[] = [];
    let told: () => void = () => undefined;
    const both = new Promise<void>(resolve => {
      told = resolve;
    });
    const watch = face.subscribe('chat.events', { chatId: 'a' }, batch => {
      events.push(...(batch as ChatEvent[]));
      if (events.filter(({ type }) => type === 'answered').length === 2) told();
    });
    const { answers } = await call('chat.start', {
      chatId: 'a',
      sides: sides(LETTER),
      sampling: { ...GREEDY_CHAT, maxTokens: 40 },
      choices: 5,
      whenBusy: 'refuse',
    });
    await both;
    if (watch.ok) watch.subscription.unsubscribe();
    for (const side of [0, 1]) {
      const streamed = events.filter(event => event.type === 'token' && event.side === side);
      const text = streamed.map(event => (event.type === 'token' ? event.token.text : '')).join('');
      expect(text).toBe(answers[side]?.text);
      expect(text.length).toBeGreaterThan(10);
    }
    expect(answers[0]?.text).not.toBe(answers[1]?.text);
  });

  it('gives greedy tokens as the likeliest of their choices, whose probabilities fall and stay below 1', async () => {
    const { answers } = await call('chat.start', {
      chatId: 'b',
      sides: sides(LETTER).slice(1),
      sampling: { ...GREEDY_CHAT, maxTokens: 12 },
      choices: 4,
      whenBusy: 'refuse',
    });
    for (const token of answers[0]?.tokens ?? []) {
      const probabilities = token.choices.map(choice => choice.probability);
      expect(probabilities).toHaveLength(4);
      expect(token.probability).toBe(probabilities[0]);
      expect(probabilities).toEqual([...probabilities].sort((x, y) => y - x));
      expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeLessThanOrEqual(1.0001);
    }
  });

  it('repeats itself with the same seed, differs with another, and keeps to the likeliest with top-k 1', async () => {
    const ask = async (seed: number, topK: number, temperature: number) => {
      const sampling = { temperature, topP: 1, topK, seed, maxTokens: 30 };
      const input = {
        chatId: 'c',
        sides: sides(LETTER).slice(0, 1),
        sampling,
        choices: 0,
        whenBusy: 'refuse' as const,
      };
      return (await call('chat.start', input)).answers[0]?.text;
    };
    const greedy = await ask(1, 0, 0);
    const warm = await ask(7, 0, 1.5);
    expect(await ask(7, 0, 1.5)).toBe(warm);
    expect(await ask(8, 0, 1.5)).not.toBe(warm);
    expect(await ask(7, 1, 1.5)).toBe(greedy);
  });

  it('stops in the middle, at the next token, and keeps what was said', async () => {
    const stop = new AbortController();
    const many = Array.from({ length: 30 }, () => sides(LETTER)[0]).filter(side => side !== undefined);
    const said = await chat(
      parts,
      { sides: many, sampling: GREEDY_CHAT, choices: 0, whenBusy: 'refuse' },
      { signal: stop.signal, onEvent: event => event.type === 'token' && stop.abort() },
    );
    if (!said.ok) throw new Error(said.error.cause);
    const { answers } = said.value;
    expect(answers).toHaveLength(30);
    expect(answers[0]?.tokens.length).toBeGreaterThan(0);
    expect(answers.at(-1)).toMatchObject({ end: 'stopped', text: '' });
    const next = parts.lease.take('another');
    expect(next.ok).toBe(true);
    if (next.ok) next.value.release();
  });

  it('shows the prompt that training would put before the answer, token by token', async () => {
    const messages = user(LETTER);
    const { text, ids, pieces } = await call('chat.prompt', { id: run, messages });
    expect(text).toContain(LETTER);
    expect(pieces.join('')).toBe(text);
    expect(ids).toHaveLength(pieces.length);
    const recipe = parts.checkRecipe(parts.store.show(run)?.recipe);
    if (!recipe.ok) throw new Error(recipe.error.cause);
    const encoded = await parts.workers.preparer.encode(recipe.value, [messages], {
      signal: new AbortController().signal,
    });
    expect(encoded.ok && encoded.value.prompts[0]).toEqual(ids);
  });

  it('offers the rows that were held back, with the data’s system prompt and the answer that is expected', async () => {
    const { source, prompts, total } = await call('chat.heldOut', { id: run, count: 5, prepare: false });
    expect(source).toBe('validation');
    expect(prompts).toHaveLength(5);
    expect(total).toBeGreaterThan(5);
    expect(total).toBeLessThan(30);
    for (const { messages, expected } of prompts) {
      expect(messages.map(({ role }) => role)).toEqual(['system', 'user']);
      expect(JSON.parse(expected)).toHaveProperty('strings');
    }
  });

  it('is refused while the device is taken, waits for it, or shares the machine', async () => {
    const lease = parts.lease.take('the run of a test');
    if (!lease.ok) throw new Error('The lease is taken.');
    const ask = (whenBusy: 'refuse' | 'wait' | 'share') => ({
      chatId: whenBusy,
      sides: sides(LETTER).slice(0, 1),
      sampling: { ...GREEDY_CHAT, maxTokens: 4 },
      choices: 0,
      whenBusy,
    });
    const refused = await face.call('chat.start', ask('refuse'), new AbortController().signal);
    expect(refused).toMatchObject({ ok: false, error: { code: 'compute.busy' } });
    expect((await call('chat.start', ask('share'))).answers).toHaveLength(1);
    const waiting = new Promise<void>(resolve => {
      face.subscribe('chat.events', { chatId: 'wait' }, batch => {
        if ((batch as ChatEvent[]).some(({ type }) => type === 'waiting')) resolve();
      });
    });
    const answer = call('chat.start', ask('wait'));
    await waiting;
    lease.value.release();
    expect((await answer).answers).toHaveLength(1);
  });

  it('names what is missing: a run, an adapter', async () => {
    const input = {
      chatId: 'e',
      sampling: GREEDY_CHAT,
      choices: 0,
      whenBusy: 'refuse' as const,
      sides: [{ run: 'no-such-run', model: 'tuned' as const, messages: user('Hello') }],
    };
    expect(await face.call('chat.start', input, new AbortController().signal)).toMatchObject({
      error: { code: 'run.notFound' },
    });
    parts.store.create({ ...newRun(parts, run), id: 'without' });
    const without = {
      ...input,
      sides: [{ run: 'without', model: 'tuned' as const, messages: user('Hello') }],
    };
    expect(await face.call('chat.start', without, new AbortController().signal)).toMatchObject({
      error: { code: 'run.noAdapter' },
    });
  });
});

describe('luthier chat', () => {
  it('answers base, tuned and another run, one document for each line of a pipe', async () => {
    const asked = await runLuthier(
      ...['chat', run, '--other', run, '--prompt', LETTER, '--max-tokens', '12'],
      ...['--json', '--home', workspace.home],
    );
    expect(asked.code, asked.stderr).toBe(0);
    const { base, tuned, other } = asked.json[0] as Record<string, string>;
    expect(other).toBe(tuned);
    expect(base).not.toBe(tuned);
  });

  it('refuses settings that cannot be', async () => {
    const asked = await runLuthier(
      'chat',
      run,
      '--prompt',
      'a',
      '--top-p',
      '2',
      '--json',
      '--home',
      workspace.home,
    );
    expect(asked.code).toBe(2);
    expect(asked.json[0]).toMatchObject({ error: { code: 'arguments.invalid' } });
  });
});
