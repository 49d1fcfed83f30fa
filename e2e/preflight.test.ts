import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createForkLauncher } from '../src-main/adapters/processes/fork-launcher.ts';
import { createBackendFace } from '../src-main/backend/create-backend-face.ts';
import { createBackendParts } from '../src-main/hosts/create-backend.ts';
import { orThrow } from '../src-shared/contract/coded-error.ts';
import { conversation, createWorkspace, demoModel, root, runLuthier } from './luthier-process.ts';

const workspace = createWorkspace('preflight');
afterAll(workspace.remove);
mkdirSync(workspace.directory, { recursive: true });

/** Conversations that hold no answer: nothing to train on. */
const questions = workspace.write('questions.jsonl', conversation(['user', 'Where is the fox?']).repeat(4));
const recipeFor = (name: string, body: string) =>
  workspace.write(
    `${name}.luthier.yaml`,
    `version: 1\nname: ${name}\nmodel: {path: ${JSON.stringify(demoModel)}}\n${body}`,
  );
const blockedRecipe = recipeFor('blocked', `dataset: {path: ${JSON.stringify(questions)}}\n`);

describe('a dataset without one trained token', () => {
  it('blocks preflight with exit 2, and says why', async () => {
    const { code, json } = await runLuthier('preflight', blockedRecipe, '--json', '--home', workspace.home);
    expect(code).toBe(2);
    expect(json[0]).toMatchObject({
      status: 'blocked',
      totals: { examples: 4, kept: 0, dropped: { noAssistant: 4 }, trainableTokens: 0, steps: 0 },
    });
    const { checks } = json[0] as { checks: { id: string; severity: string; cause: string }[] };
    expect(checks[0]).toMatchObject({ id: 'labels.none', severity: 'error' });
    expect(checks[0]?.cause).toContain('4 of 4 rows have no assistant message');
  });

  it('refuses to train with exit 2 and the whole report', async () => {
    const { code, json } = await runLuthier('train', blockedRecipe, '--json', '--home', workspace.home);
    expect(code).toBe(2);
    expect(json).toHaveLength(1);
    expect(json[0]).toMatchObject({ error: { code: 'preflight.blocked', details: { status: 'blocked' } } });
  });

  it('cannot be let through by the recipe', async () => {
    const { code, json } = await runLuthier(
      'train',
      blockedRecipe,
      '--json',
      '--home',
      workspace.home,
      '--set',
      'preflight.allow=[labels.none]',
    );
    expect(code).toBe(2);
    expect(json[0]).toMatchObject({ error: { code: 'recipe.invalid' } });
  });

  it('is refused by the backend itself, which starts no trainer and leaves no run', async () => {
    const launched: string[] = [];
    const processDirectory = join(root, 'out', 'main');
    const launcher = createForkLauncher(processDirectory);
    const parts = orThrow(
      createBackendParts({
        host: 'web',
        home: join(workspace.directory, 'face'),
        resourcesDirectory: join(root, 'resources'),
        nativeDirectory: join(root, 'build', 'native'),
        processDirectory,
        launcher: {
          launch: entry => {
            launched.push(entry);
            return launcher.launch(entry);
          },
        },
      }),
    );
    const backend = createBackendFace(parts);
    const never = new AbortController().signal;
    const started = await backend.call('runs.start', { kind: 'file', path: blockedRecipe }, never);
    expect(started).toMatchObject({ ok: false, error: { code: 'preflight.blocked' } });
    expect(launched).toEqual(['preparer']);
    expect([...parts.store.names(false)]).toEqual([]);
    await backend.close();
  });

  it('still shows its labels, dropped with their reason', async () => {
    const { code, json } = await runLuthier('labels', blockedRecipe, '--json', '--home', workspace.home);
    expect(code).toBe(0);
    expect(json).toHaveLength(4);
    expect(json[0]).toMatchObject({ row: 0, dropped: 'noAssistant', truncatedTokens: 0 });
    const { inputIds, labels } = json[0] as { inputIds: number[]; labels: number[] };
    expect(inputIds.length).toBeGreaterThan(3);
    expect(labels.every(label => label === -100)).toBe(true);
  });
});

describe('rows that cannot be used', () => {
  it('are counted and left out; kept and dropped add up to all', async () => {
    const good = conversation(['user', 'hi'], ['assistant', 'A fox.']);
    const rows = [
      good,
      'no json\n',
      good,
      conversation(['user', 'x'], ['assistant', '']),
      good,
      good,
      good,
      good,
    ];
    const data = workspace.write('mixed.jsonl', rows.join(''));
    const recipe = recipeFor('mixed', `dataset: {path: ${JSON.stringify(data)}, validation: none}\n`);
    const { code, json } = await runLuthier('preflight', recipe, '--json', '--home', workspace.home);
    expect(code).toBe(0);
    expect(json[0]).toMatchObject({
      status: 'ready',
      totals: { examples: 8, kept: 7, dropped: { invalid: 1 } },
    });
  });

  it('stop the import where the recipe asks for it, with row and line', async () => {
    const data = workspace.write('broken.jsonl', `\n${conversation(['user', 'a'], ['assistant', 'b'])}{\n`);
    const recipe = recipeFor('stop', `dataset: {path: ${JSON.stringify(data)}, onInvalidRow: stop}\n`);
    const { code, json } = await runLuthier('preflight', recipe, '--json', '--home', workspace.home);
    expect(code).toBe(1);
    expect(json[0]).toMatchObject({ error: { code: 'data.invalidRow', details: { row: 1, line: 3 } } });
  });
});

describe('a blocking check that the recipe lets through', () => {
  const good = conversation(['user', 'hi'], ['assistant', 'A fox.']);
  const data = workspace.write('half-bad.jsonl', `${good}no json\n${good}no json\n`);
  const recipe = recipeFor(
    'allowed',
    `dataset: {path: ${JSON.stringify(data)}, validation: none}\ncollator: {maxLength: 64}\ntraining: {maxSteps: 1}\n`,
  );
  const allow = ['--set', 'preflight.allow=[data.invalid]'];

  it('blocks without the override', async () => {
    const { code, json } = await runLuthier('preflight', recipe, '--json', '--home', workspace.home);
    expect(code).toBe(2);
    expect(json[0]).toMatchObject({ status: 'blocked' });
  });

  it('keeps its severity, and is recorded in the run', async () => {
    const { code, json } = await runLuthier(
      'preflight',
      recipe,
      ...allow,
      '--json',
      '--home',
      workspace.home,
    );
    expect(code).toBe(0);
    const { checks } = json[0] as { checks: { id: string }[] };
    const allowed = { id: 'data.invalid', severity: 'error', allowed: true, count: 2 };
    expect(checks[0]).toMatchObject(allowed);

    const trained = await runLuthier('train', recipe, ...allow, '--json', '--home', workspace.home);
    expect(trained.code).toBe(0);
    const { id } = trained.json[0] as { id: string };
    const shown = await runLuthier('runs', 'show', id, '--json', '--home', workspace.home);
    const run = shown.json[0] as { preflight: { checks: { id: string }[] }; warnings: unknown[] };
    expect(run.preflight.checks[0]).toMatchObject(allowed);
    expect(run.warnings).toContainEqual(expect.objectContaining({ code: 'preflight.allowed' }));
  });
});

describe('the report for people', () => {
  it('says worst first what is wrong, why, where, and what to type', async () => {
    const rows = [1, 2, 3].map(i =>
      JSON.stringify({
        conversations: [
          { from: 'guest', value: 'hi' },
          { from: 'hero', value: `${i}` },
        ],
      }),
    );
    const data = workspace.write('heroes.jsonl', `${rows.join('\n')}\n`);
    const recipe = recipeFor('heroes', `dataset: {path: ${JSON.stringify(data)}, validation: none}\n`);
    const { code, stdout } = await runLuthier('preflight', recipe, '--home', workspace.home);
    expect(code).toBe(2);
    const lines = stdout.split('\n');
    expect(lines[2]).toBe('✗ labels.none: 0 of 3 examples have trained tokens.');
    expect(stdout).toContain('`guest`, which is not mapped');
    expect(stdout).toContain('rows 0, 1, 2');
    expect(stdout).toContain('fix: Map role guest to user, hero to assistant: 3 of 3 rows are trained');
    const override = /--set 'dataset\.roles=(.*)'/.exec(stdout)?.[1];
    expect(override).toBe('{"guest":"user","hero":"assistant"}');
    const mended = await runLuthier(
      ...['preflight', recipe, '--set', `dataset.roles=${override}`, '--home', workspace.home],
    );
    expect(mended.code).toBe(0);
    expect(mended.stdout).toContain('Ready to train.');
  });
});

describe('a file that is no model', () => {
  it('is refused with a report that names what it is', async () => {
    const adapter = join(root, 'src-native', 'test', 'fixtures', 'gradients', 'llama', 'adapter.gguf');
    const args = [blockedRecipe, '--set', `model.path=${adapter}`, '--json', '--home', workspace.home];
    const { code, json } = await runLuthier('preflight', ...args);
    expect(code).toBe(2);
    const { checks } = json[0] as { checks: { id: string; cause: string }[] };
    expect(checks).toMatchObject([{ id: 'model.untrainable', severity: 'error' }]);
    expect(checks[0]?.cause).toContain('an adapter');
    const trained = await runLuthier('train', ...args);
    expect(trained.code).toBe(2);
    expect(trained.json[0]).toMatchObject({ error: { code: 'preflight.blocked' } });
  });
});

describe('an adapter that the model has no place for', () => {
  it.each([
    ['adapter.targetUnknown', 'adapter.targetModules=[attn_q, attn_x]'],
    ['adapter.layersBeyond', 'adapter.layers={last: 99}'],
  ])('is refused before a run exists: %s', async (id, change) => {
    const recipe = recipeFor(
      'misfit',
      `dataset: {path: ${JSON.stringify(join(root, 'resources/demo/train.jsonl'))}}\n`,
    );
    const args = [recipe, '--set', change, '--json', '--home', join(workspace.directory, 'misfit')];
    const { code, json } = await runLuthier('train', ...args);
    expect(code).toBe(2);
    const { error } = json[0] as { error: { code: string; details: { checks: { id: string }[] } } };
    expect(error.code).toBe('preflight.blocked');
    expect(error.details.checks[0]).toMatchObject({ id, severity: 'error', fixes: [expect.anything()] });
    const runs = await runLuthier('runs', '--json', '--home', join(workspace.directory, 'misfit'));
    expect(runs.json[0]).toMatchObject({ runs: [] });
  });
});

describe('a malformed recipe', () => {
  it('is refused with exit 2 and every fault, from each command', async () => {
    const recipe = workspace.write(
      'bad.luthier.yaml',
      'version: 1\nmodel: {}\ndataset: {path: a}\ntraining: {epocs: 3, batchSize: x}\n',
    );
    for (const command of ['preflight', 'train', 'labels', 'render']) {
      const { code, json } = await runLuthier(command, recipe, '--json', '--home', workspace.home);
      expect(code).toBe(2);
      const { error } = json[0] as { error: { code: string; details: { faults: { path: string }[] } } };
      expect(error.code).toBe('recipe.invalid');
      expect(error.details.faults.map(fault => fault.path).sort()).toEqual([
        'model.path',
        'training.batchSize',
        'training.epocs',
      ]);
    }
  });

  it('is told in words without --json, on standard error, without a stack trace', async () => {
    const recipe = workspace.write('bad2.luthier.yaml', 'version: 1\n');
    const { stdout, stderr } = await runLuthier('train', recipe, '--home', workspace.home);
    expect(stdout).toBe('');
    expect(stderr).toContain('recipe.invalid: The recipe has 2 faults.');
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});

describe('arguments', () => {
  it.each([
    [['fly']],
    [['train']],
    [['labels', 'x', '--limit', 'many']],
    [['runs', 'show']],
    [['train', 'x', '--set', 'y']],
  ])('refuses %j with exit 2', async args => {
    const { code, json } = await runLuthier(...args, '--json', '--home', workspace.home);
    expect(code).toBe(2);
    expect(json[0]).toMatchObject({ error: { code: expect.stringMatching(/^(arguments|recipe)\./) } });
  });
});
