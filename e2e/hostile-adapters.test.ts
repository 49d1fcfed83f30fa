/** Strangers' adapters as `adapter.init`: the trainer's process refuses or accepts each as the index says. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createWorkspace, runLuthier, sharedData } from './luthier-process.ts';

const workspace = createWorkspace('hostile-adapters');
afterAll(workspace.remove);

const index = join(sharedData, 'hostile', 'index.json');
const isPresent = existsSync(index);
const cases = isPresent
  ? (
      JSON.parse(readFileSync(index, 'utf8')) as { cases: { file: string; kind: string; expect: string }[] }
    ).cases.filter(({ kind }) => kind === 'lora')
  : [];

/** The adapters are made for this small model; the rows are its first tokens. */
function writeRecipe(init: string): string {
  const row = { input_ids: [1, 50, 60, 70, 80, 90], labels: [-100, -100, 60, 70, 80, 90] };
  const data = workspace.write('rows.jsonl', `${JSON.stringify(row)}\n`.repeat(4));
  return workspace.write(
    'init.luthier.yaml',
    `version: 1
name: init
model: {path: ${JSON.stringify(join(sharedData, 'hostile', 'lora', 'base_model_as_adapter.gguf'))}}
dataset: {path: ${JSON.stringify(data)}, format: tokenized, validation: none}
adapter: {rank: 4, alpha: 8, targetModules: [attn_q, attn_v], init: ${JSON.stringify(init)}}
training: {maxSteps: 2, batchSize: 2, gradientAccumulationSteps: 1, warmupSteps: 0}
`,
  );
}

describe.skipIf(!isPresent)('an adapter to start from', () => {
  it.each(cases.map(({ file, expect: wanted }) => [file, wanted] as const))(
    '%s is dealt with as the index says: %s',
    async (file, wanted) => {
      const recipe = writeRecipe(join(sharedData, 'hostile', file));
      const { code, json } = await runLuthier('train', recipe, '--json', '--home', workspace.home);
      const last = json.at(-1) as {
        type?: string;
        status?: string;
        error?: { code: string; remedy: string };
      };
      if (wanted === 'accept') {
        expect([code, last.type, last.status]).toEqual([0, 'finished', 'completed']);
      } else {
        const error = json.map(line => (line as { error?: { code: string } }).error).find(Boolean);
        expect(code).toBe(1);
        expect(error?.code).toMatch(/^adapter\.(notAnAdapter|wrongModel)$/);
      }
    },
    30_000,
  );
});
