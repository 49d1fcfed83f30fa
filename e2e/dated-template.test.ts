/** A template that prints today's date: the day is frozen with the run, so that it can be repeated and gone on with. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { conversation, createWorkspace, demoModel, runLuthier } from './luthier-process.ts';

const workspace = createWorkspace('dated');
afterAll(workspace.remove);

const template = `{{- 'Today is ' + strftime_now('%Y-%m-%d') + '.\\n' }}
{%- for message in messages %}{{ message.role + ': ' + message.content + eos_token }}{% endfor %}
{%- if add_generation_prompt %}{{ 'assistant: ' }}{% endif %}`;
workspace.write('dated.jinja', template);
workspace.write('rows.jsonl', conversation(['user', 'Hi'], ['assistant', 'Yo.']).repeat(4));
const recipe = workspace.write(
  'dated.luthier.yaml',
  `version: 1
model: {path: ${JSON.stringify(demoModel)}}
dataset: {path: rows.jsonl, validation: none}
template: {source: file, path: dated.jinja}
adapter: {rank: 2}
training: {maxSteps: 1, batchSize: 1, gradientAccumulationSteps: 1}
`,
);
const prepared = () => readdirSync(join(workspace.home, 'cache', 'prepared'));

it('is prepared once for preflight and run, and the run records the day', async () => {
  const home = ['--json', '--home', workspace.home];
  const before = new Date().toISOString().slice(0, 10);
  expect((await runLuthier('preflight', recipe, ...home)).code).toBe(0);
  const { code, json } = await runLuthier('train', recipe, ...home);
  const after = new Date().toISOString().slice(0, 10);
  expect(code).toBe(0);
  const [run] = json as { recipe: { template: { date: string } } }[];
  expect([before, after]).toContain(run?.recipe.template.date);
  if (before === after) expect(prepared()).toHaveLength(1);

  const other = await runLuthier(
    'render',
    recipe,
    '--row',
    '0',
    '--set',
    'template.date=2020-02-29',
    ...home,
  );
  expect(other.code, other.stderr).toBe(0);
  expect(other.json[0]).toMatchObject({ text: expect.stringContaining('Today is 2020-02-29.') });
});
