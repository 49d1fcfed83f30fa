/** The checks against the native trainer: what preflight lets through, it takes, and the other way round. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { native, openModel, trainerOptions } from '../../../src-native/test/support.ts';
import { recipeSchema, TARGET_MODULES } from '../../../src-shared/recipe/schema.ts';
import { planTraining } from '../batches/training-plan.ts';
import { adapterFixes, checkAdapter } from './check-adapter.ts';

const gradients = join(import.meta.dirname, '..', '..', '..', 'src-native', 'test', 'fixtures', 'gradients');

async function check(architecture: string, adapter: object) {
  const model = await openModel(join(gradients, architecture, 'model.gguf'));
  const recipe = recipeSchema.parse({ version: 1, model: { path: 'm' }, dataset: { path: 'd' }, adapter });
  const trainingLengths = new Uint32Array(100).fill(64);
  const facts = {
    recipe,
    model: model.info,
    totals: { examples: 100, kept: 100, lengths: { p50: 64, p95: 64, max: 64 } },
    trainingLengths,
    plan: planTraining({ ...recipe.training, ...recipe.collator, lengths: trainingLengths }),
    freeMemoryBytes: null,
  };
  const created = await native.Trainer.create(
    model,
    trainerOptions(model, { targetModules: recipe.adapter.targetModules }),
  );
  if (created.ok) created.value.dispose();
  const verdicts = checkAdapter(facts);
  const fixes = verdicts.flatMap(verdict => adapterFixes(verdict, facts));
  const { layers, targetModules } = model.info;
  model.dispose();
  const severityOf = (id: string) => verdicts.find(verdict => verdict.id === id)?.severity;
  return { verdicts, fixes, severityOf, isTaken: created.ok, layers, targetModules };
}

describe('adapter.targetUnknown', () => {
  it.each(
    ['llama', 'phi3', 'starcoder2', 'gemma4'].flatMap(architecture =>
      [
        [...TARGET_MODULES],
        ['attn_q'],
        ['attn_qkv'],
        ['attn_q', 'attn_k', 'attn_v'],
        ['ffn_gate'],
        ['ffn_gate', 'ffn_up'],
        ['ffn_down', 'attn_p'],
      ].map(targetModules => [architecture, targetModules] as const),
    ),
  )('of %s and %j fires where the trainer would refuse', async (architecture, targetModules) => {
    const { severityOf, isTaken } = await check(architecture, { targetModules });
    expect(severityOf('adapter.targetUnknown')).toBe(isTaken ? 'ok' : 'error');
  });

  it('names what the model has, the nearest name, and a fix that keeps the others', async () => {
    const { verdicts, fixes } = await check('llama', { targetModules: ['attn_q', 'attn_outpt'] });
    expect(verdicts[0]?.title).toBe('The model has no weights called attn_outpt.');
    expect(verdicts[0]?.cause).toContain('did you mean attn_output?');
    expect(verdicts[0]?.cause).toContain('attn_q, attn_k, attn_v');
    expect(fixes.map(({ set }) => set)).toEqual([{ 'adapter.targetModules': ['attn_q', 'attn_output'] }]);
  });

  it('has no fix where no name is like one that the model has', async () => {
    expect((await check('llama', { targetModules: ['embedding_of_images'] })).fixes).toEqual([]);
  });
});

describe('adapter.layersBeyond', () => {
  it('fires above the layers of the model, and its fix adapts all', async () => {
    const { layers, severityOf } = await check('llama', { layers: 'all' });
    expect(severityOf('adapter.layersBeyond')).toBe('ok');
    const all = await check('llama', { layers: { last: layers } });
    expect(all.severityOf('adapter.layersBeyond')).toBe('ok');
    const beyond = await check('llama', { layers: { last: layers + 1 } });
    expect(beyond.severityOf('adapter.layersBeyond')).toBe('error');
    expect(beyond.fixes.map(({ set }) => set)).toEqual([{ 'adapter.layers': 'all' }]);
  });
});
