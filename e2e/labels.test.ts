/** Labels against those that TRL made of the same rows: same ids, same labels. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { JsonValue, Message, Role } from '../src-shared/domain/conversation.ts';
import { label, llamaModels, openTestLabeller, vocabulary } from './labelling.ts';
import { createWorkspace, runLuthier, sharedData } from './luthier-process.ts';

interface WireMessage {
  readonly role: Role;
  readonly content: string | null;
  readonly name?: string;
  readonly tool_calls?: readonly {
    readonly function: { readonly name: string; readonly arguments: JsonValue };
  }[];
}

interface Case {
  readonly id: string;
  readonly mode: string;
  readonly messages?: readonly WireMessage[];
  readonly tools?: readonly JsonValue[];
  readonly prompt?: string | readonly WireMessage[];
  readonly completion?: string | readonly WireMessage[];
  readonly text?: string;
  readonly input_ids?: readonly number[];
  readonly labels?: readonly number[];
  readonly warnings: readonly string[];
}

const file = join(sharedData, 'labels', 'labels_qwen2-instruct.json');
const runnable = llamaModels !== null && existsSync(file);
const cases = runnable ? (JSON.parse(readFileSync(file, 'utf8')) as { cases: Case[] }).cases : [];

/** Messages and tools stand with the first case of each id only. */
const sources = new Map(cases.filter(one => one.messages).map(one => [one.id, one]));
const pairs = new Map(cases.filter(one => one.completion !== undefined).map(one => [one.id, one]));

/** llama.cpp does not normalise to NFC, as Hugging Face's tokenizer does: `unicode` differs by that alone. */
const made = (mode: string) =>
  cases
    .filter(one => one.mode === mode && one.input_ids && one.id !== 'unicode')
    .map(one => [one.id, one] as const);
const withoutWarning = (mode: string) => made(mode).filter(([, one]) => one.warnings.length === 0);

/**
 * Unsloth looks for markers among tokens: it misses one whose last token runs into the answer, and finds
 * one that the user typed. Markers are text of the template here.
 */
const MARKERS_BETTER = ['whitespace_assistant', 'code_ws', 'special_tokens_in_user'];

const messagesOf = (messages: readonly WireMessage[]): Message[] =>
  messages.map(({ role, content, name, tool_calls }) => ({
    role,
    content,
    ...(name === undefined ? {} : { name }),
    ...(tool_calls ? { toolCalls: tool_calls.map(call => ({ id: null, ...call.function })) } : {}),
  }));

function expectLabels(example: { inputIds: Int32Array; labels: Int32Array }, expected: Case): void {
  expect([...example.inputIds]).toEqual(expected.input_ids);
  expect([...example.labels]).toEqual(expected.labels);
}

function open(templateFile: string, masking: object) {
  return openTestLabeller(vocabulary('qwen2'), {
    template: {
      source: 'file',
      path: join(sharedData, 'templates', 'trl', templateFile),
      parseSpecialInContent: true,
      eosToken: 151645,
    },
    masking,
  });
}

describe.skipIf(!runnable)('labels are those of TRL', async () => {
  if (!runnable) return;
  const tagged = await open('qwen2_5_training.jinja', {});
  const completion = await open('qwen2_5.jinja', { strategy: 'completion' });
  const full = await open('qwen2_5.jinja', { strategy: 'full' });
  const markers = { instruction: '<|im_start|>user\n', response: '<|im_start|>assistant\n' };
  const marked = await open('qwen2_5.jinja', { strategy: 'markers', markers });
  afterAll(() => {
    for (const labeller of [tagged, completion, full, marked]) labeller.dispose();
  });
  const conversation = ({ id }: Case) => {
    const { messages = [], tools = [] } = sources.get(id) ?? {};
    return { kind: 'conversation', conversation: { messages: messagesOf(messages), tools } } as const;
  };

  it.each(made('trl_assistant_only'))('assistant_only_loss: %s', (_, one) => {
    const example = label(tagged, conversation(one));
    expectLabels(example, one);
    expect(example.method).toBe('tags');
  });

  it.each(made('trl_full_sequence'))('full sequence: %s', (_, one) => {
    expectLabels(label(full, conversation(one)), one);
  });

  const pairOf = ({ id }: Case) => {
    const { prompt, completion: answer } = pairs.get(id) ?? {};
    return typeof prompt === 'string' && typeof answer === 'string'
      ? ({ kind: 'pair', prompt, completion: answer } as const)
      : ({
          kind: 'message-pair',
          prompt: { messages: messagesOf(prompt as WireMessage[]) },
          completion: messagesOf(answer as WireMessage[]),
        } as const);
  };

  it.each(withoutWarning('trl_completion_only'))('completion_only_loss: %s', (_, one) => {
    const example = label(completion, pairOf(one));
    expectLabels(example, one);
    expect(example.method).toBe('offsets');
  });

  it.each(withoutWarning('trl_completion_and_assistant'))(
    'completion_only_loss and assistant_only_loss: %s',
    (_, one) => {
      expectLabels(label(tagged, pairOf(one)), one);
    },
  );

  it.each(
    cases
      .filter(
        one => one.mode === 'unsloth_explicit' && !MARKERS_BETTER.includes(one.id) && one.id !== 'unicode',
      )
      .map(one => [one.id, one] as const),
  )('train_on_responses_only of Unsloth: %s', (_, one) => {
    expect([...label(marked, conversation(one)).labels]).toEqual(one.labels);
  });

  it.each(made('trl_text'))('text: %s', (_, one) => {
    expectLabels(label(full, { kind: 'text', text: one.text ?? '' }), one);
  });

  const fromCommandLine = async (name: string, rows: readonly object[], keys: string) => {
    const workspace = createWorkspace(name);
    workspace.write('rows.jsonl', `${rows.map(row => JSON.stringify(row)).join('\n')}\n`);
    const recipe = workspace.write(
      'labels.luthier.yaml',
      `version: 1\nmodel: {path: ${JSON.stringify(vocabulary('qwen2'))}}\n${keys}`,
    );
    const { code, json } = await runLuthier('labels', recipe, '--json', '--home', workspace.home);
    workspace.remove();
    expect(code).toBe(0);
    return json;
  };
  const template = (file: string) =>
    `{source: file, path: ${JSON.stringify(join(sharedData, 'templates', 'trl', file))}, parseSpecialInContent: true, eosToken: 151645}`;
  const lines = (expected: readonly Case[], method: string) =>
    expected.map(({ input_ids: inputIds, labels }, row) => ({
      row,
      inputIds,
      labels,
      dropped: null,
      truncatedTokens: 0,
      method,
    }));

  it('says the same on the command line, tools and all', async () => {
    const rows = made('trl_assistant_only').map(([, one]) => one);
    const json = await fromCommandLine(
      'labels',
      rows.map(({ messages, tools }) => ({ messages, ...(tools ? { tools } : {}) })),
      `dataset: {path: rows.jsonl, format: messages}\ntemplate: ${template('qwen2_5_training.jinja')}\n`,
    );
    expect(json).toEqual(lines(rows, 'tags'));
  });

  it('says the same of pairs of messages and of texts on the command line', async () => {
    const rows = withoutWarning('trl_completion_only').map(([, one]) => one);
    const json = await fromCommandLine(
      'pairs',
      rows.map(({ id }) => {
        const { prompt, completion: answer } = pairs.get(id) ?? {};
        return { prompt, completion: answer };
      }),
      `dataset: {path: rows.jsonl, format: prompt-completion}
template: ${template('qwen2_5.jinja')}
masking: {strategy: completion}
`,
    );
    expect(json).toEqual(lines(rows, 'offsets'));
  });
});
