/** Labels in other vocabularies against those that transformers makes of the same conversations and templates. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

import type { Labeller } from '../src-main/processes/preparer/open-labeller.ts';
import type { Message } from '../src-shared/domain/conversation.ts';
import { label, llamaModels, openTestLabeller, vocabulary } from './labelling.ts';
import { root, sharedData } from './luthier-process.ts';

interface Case {
  readonly vocabulary: string;
  readonly template: string;
  readonly conversation: string;
  readonly inputIds: readonly number[];
  /** 1 where the token is trained. */
  readonly mask: readonly number[];
}

const folder = join(root, 'e2e', 'references');
const { conversations, cases } = JSON.parse(readFileSync(join(folder, 'labels.json'), 'utf8')) as {
  conversations: Record<string, Message[]>;
  cases: Case[];
};

/**
 * llama.cpp takes `</s>` for an end of generation wherever a vocabulary has it, and the model is served by
 * llama.cpp; in this vocabulary it is a plain word that Hugging Face's tokenizer does not parse.
 */
const FOLLOWS_LLAMA_CPP = ({ vocabulary: name, conversation }: Case) =>
  name === 'qwen35' && conversation === 'special tokens in content';

/** Our own template lies beside the references, those of others are development data. */
const templateFile = (name: string) =>
  [join(folder, name), join(sharedData, 'templates', 'trl', name)].find(path => existsSync(path));

const pairs = [...new Set(cases.map(one => `${one.vocabulary} ${one.template}`))].map(pair => {
  const [name = '', template = ''] = pair.split(' ');
  return { name, template, file: templateFile(template) };
});

describe.skipIf(llamaModels === null)('labels are those of transformers', () => {
  const open = new Map<string, Promise<Labeller>>();
  afterAll(async () => {
    for (const labeller of open.values()) (await labeller).dispose();
  });
  const labellerOf = (name: string, path: string) => {
    const key = `${name} ${path}`;
    const template = { source: 'file', path, parseSpecialInContent: true };
    const labeller = open.get(key) ?? openTestLabeller(vocabulary(name), { template });
    open.set(key, labeller);
    return labeller;
  };

  for (const { name, template, file } of pairs) {
    const own = cases.filter(
      one => one.vocabulary === name && one.template === template && !FOLLOWS_LLAMA_CPP(one),
    );
    it.skipIf(file === undefined).each(own.map(one => [one.conversation, one] as const))(
      `${name}, ${template}: %s`,
      async (_, one) => {
        const labeller = await labellerOf(name, file ?? '');
        const messages = conversations[one.conversation] ?? [];
        const example = label(labeller, { kind: 'conversation', conversation: { messages } });
        expect(example.problem).toBe('');
        expect([...example.inputIds]).toEqual(one.inputIds);
        const labels = one.inputIds.map((id, i) => (one.mask[i] === 1 ? id : -100));
        expect([...example.labels]).toEqual(labels);
        expect(example.method).toBe('tags');
      },
    );
  }
});
