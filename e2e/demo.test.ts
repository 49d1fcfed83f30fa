import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { addDemoRun, demoRun } from './demo-run.ts';
import { createWorkspace, demoDirectory, demoModel, root, runLuthier } from './luthier-process.ts';

const workspace = createWorkspace('demo');
afterAll(workspace.remove);

interface Conversation {
  readonly messages: readonly { readonly role: string; readonly content: string }[];
}

const conversations = (file: string) =>
  readFileSync(join(demoDirectory, file), 'utf8')
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as Conversation);

/** Letters and digits only, lower case: a change of punctuation hides no copy. */
const normalized = (text: string) =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim();

describe('the bundled demo', () => {
  it('is small: at most 4 MB of model, at least 300 conversations', () => {
    expect(statSync(demoModel).size).toBeLessThanOrEqual(4_000_000);
    expect(conversations('train.jsonl').length).toBeGreaterThanOrEqual(300);
  });

  it("keeps every held-out prompt and answer out of the training rows and of the base's corpus", () => {
    const training = conversations('train.jsonl').flatMap(({ messages }) =>
      messages.map(message => message.content),
    );
    const corpus = gunzipSync(readFileSync(join(root, 'scripts', 'demo', 'corpus.txt.gz'))).toString('utf8');
    const seen = normalized(`${training.join(' | ')} | ${corpus}`);
    const heldOut = conversations('heldout.jsonl');
    expect(heldOut.length).toBeGreaterThanOrEqual(30);
    for (const { messages } of heldOut) {
      for (const { role, content } of messages) {
        if (role === 'system') continue;
        expect(seen.includes(normalized(content)), content).toBe(false);
      }
    }
  });

  it('teaches what the base cannot do: at most 10 % before, at least 80 % after, on fresh answers', async () => {
    const { finished } = await demoRun();
    expect(finished).toMatchObject({ type: 'finished', status: 'completed' });
    expect(finished.demo?.heldOut).toBe(conversations('heldout.jsonl').length);
    expect(finished.demo?.baseExactMatch).toBeLessThanOrEqual(0.1);
    expect(finished.demo?.tunedExactMatch).toBeGreaterThanOrEqual(0.8);

    const [first] = conversations('heldout.jsonl');
    const prompt = first?.messages.find(message => message.role === 'user')?.content ?? '';
    const id = await addDemoRun(workspace.home);
    const chat = await runLuthier('chat', id, '--prompt', prompt, '--json', '--home', workspace.home);
    const { base, tuned } = chat.json[0] as { base: string; tuned: string };
    expect(tuned).not.toBe(base);
  });
});
