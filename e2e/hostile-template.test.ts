import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createWorkspace, demoDirectory, demoModel, runLuthier } from './luthier-process.ts';

const workspace = createWorkspace('hostile');
afterAll(workspace.remove);

describe('a template that fills the memory', () => {
  it('ends its own process, with a cause, and not the command that asked for it', async () => {
    const template = workspace.write('bomb.jinja', '{% for i in range(1000000000) %}x{% endfor %}');
    const recipe = workspace.write(
      'bomb.luthier.yaml',
      `version: 1
model: {path: ${JSON.stringify(demoModel)}}
dataset: {path: ${JSON.stringify(join(demoDirectory, 'train.jsonl'))}, limit: 2}
template: {source: file, path: ${JSON.stringify(template)}}
`,
    );
    const { code, json } = await runLuthier('preflight', recipe, '--json', '--home', workspace.home);
    expect(code).toBe(1);
    expect(json[0]).toMatchObject({
      error: { code: 'process.tooMuchMemory', details: { signal: 'SIGKILL' } },
    });
  });
});
