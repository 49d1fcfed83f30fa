/** The reasons that the inspector gives must fit the labels, for tokenizers and templates of every kind. */
import { describe, expect, test } from 'vitest';
import { explainRow } from '../src-main/pipeline/label/explain-row.ts';
import type { Row } from '../src-shared/domain/conversation.ts';
import { label, llamaModels, openTestLabeller, vocabulary } from './labelling.ts';

const MESSAGES = [
  { role: 'user', content: 'Wo ist der Fuchs? 狐狸在哪里?' },
  { role: 'assistant', content: 'Im Wald, naïve Füchse 🦊 schlafen.' },
  { role: 'user', content: 'And now?' },
  { role: 'assistant', content: 'Under the old oak.' },
] as const;
const ROW: Row = {
  row: 0,
  line: 1,
  findings: [],
  kind: 'conversation',
  conversation: { messages: MESSAGES },
};

describe.skipIf(llamaModels === null)('explained rows', () => {
  test.each([
    ['llama-bpe', 'llama-3'],
    ['llama-spm', 'mistral'],
    ['llama-spm', 'vicuna'],
    ['phi-3', 'phi-3'],
    ['qwen2', 'chatml'],
    ['deepseek-llm', 'alpaca'],
    ['command-r', 'chatml'],
  ])('%s with the preset %s', async (vocab, preset) => {
    const labeller = await openTestLabeller(vocabulary(vocab), { template: { source: 'preset', preset } });
    try {
      const explained = explainRow(ROW, labeller.options, 0, 0);
      const { labels } = label(labeller, { kind: 'conversation', conversation: { messages: MESSAGES } });
      const states = explained.runs.flatMap(({ from, to, state }) =>
        Array(to - from).fill(state === 'trained'),
      );
      expect(states).toEqual([...labels].map((id, i) => i > 0 && id !== -100));
      const text = (from: number, to: number) => {
        const ids = explained.inputIds.slice(from, to);
        return Buffer.from(labeller.options.tokenizer.pieces(ids).bytes).toString('utf8');
      };
      MESSAGES.forEach(({ role, content }, index) => {
        const own = explained.runs.filter(run => run.message === index);
        expect(own.every(run => run.role === role)).toBe(true);
        const reason = role === 'user' ? 'otherRole' : 'answer';
        const said = own.filter(run => run.reason === reason).map(({ from, to }) => text(from, to));
        expect(said.join('').trim()).toContain(content.trim());
        expect(own.some(run => run.reason === 'earlierAnswer')).toBe(false);
      });
      const order = explained.runs.map(run => run.message).filter(message => message >= 0);
      expect(order).toEqual([...order].sort((a, b) => a - b));
    } finally {
      labeller.dispose();
    }
  });
});
