import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseRecipe } from './faults.ts';
import { RECIPE_FIELDS } from './fields.ts';
import { type RecipeInput, recipeSchema } from './schema.ts';

const minimal: RecipeInput = { version: 1, model: { path: 'base.gguf' }, dataset: { path: 'train.jsonl' } };

function faultsOf(value: unknown) {
  const parsed = parseRecipe(value);
  return parsed.ok ? [] : parsed.faults;
}

describe('parseRecipe', () => {
  it("fills in the contract's defaults", () => {
    const parsed = parseRecipe(minimal);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
    expect(parsed.recipe.dataset.validation).toEqual({ fraction: 0.05 });
    expect(parsed.recipe.collator).toEqual({
      strategy: 'pad',
      maxLength: 2048,
      truncation: 'right',
      groupByLength: false,
    });
    expect(parsed.recipe.training.betas).toEqual([0.9, 0.999]);
    expect(parsed.recipe.adapter.targetModules).toHaveLength(7);
  });

  it('reports every fault at once, each with path, what was found, what is allowed and the nearest name', () => {
    const faults = faultsOf({
      ...minimal,
      training: { learnRate: 1, epochs: 'three', scheduler: 'cosin', batchSize: 0 },
      adaptor: {},
      collator: { maxLength: 12.5 },
    });
    expect(faults.map(fault => fault.path).sort()).toEqual([
      'adaptor',
      'collator.maxLength',
      'training.batchSize',
      'training.epochs',
      'training.learnRate',
      'training.scheduler',
    ]);
    const byPath = Object.fromEntries(faults.map(fault => [fault.path, fault]));
    expect(byPath['adaptor']?.nearest).toBe('adapter');
    expect(byPath['training.learnRate']?.nearest).toBe('learningRate');
    expect(byPath['training.scheduler']).toMatchObject({
      found: '"cosin"',
      allowed: 'constant, linear or cosine',
      nearest: 'cosine',
    });
    expect(byPath['training.epochs']).toMatchObject({ found: '"three"', allowed: 'a number above 0' });
  });

  it('names a missing key', () => {
    expect(faultsOf({ version: 1, dataset: { path: 'a.jsonl' } })).toEqual([
      expect.objectContaining({ path: 'model', found: 'nothing' }),
    ]);
  });

  it('reports rule breaks between keys together with the others', () => {
    const faults = faultsOf({
      ...minimal,
      template: { source: 'file' },
      masking: { strategy: 'markers' },
      collator: { maxLength: 0 },
    });
    expect(faults.map(fault => fault.path).sort()).toEqual([
      'collator.maxLength',
      'masking.markers.response',
      'template.path',
    ]);
  });

  it('points into a union: a misspelt key of validation', () => {
    const faults = faultsOf({ ...minimal, dataset: { path: 'a.jsonl', validation: { fractoin: 0.1 } } });
    expect(faults.some(fault => fault.path.startsWith('dataset.validation'))).toBe(true);
  });

  it('refuses to override labels.none', () => {
    expect(faultsOf({ ...minimal, preflight: { allow: ['labels.none'] } })).toHaveLength(1);
  });

  it.each([NaN, Infinity, null, [], 'text', 7, true])(
    'refuses %s as a whole recipe without throwing',
    value => {
      expect(faultsOf(value).length).toBeGreaterThan(0);
    },
  );
});

describe('RECIPE_FIELDS', () => {
  it('explains every key of the schema, and no other', () => {
    const leaves = leavesOf(recipeSchema, '');
    const explained = Object.keys(RECIPE_FIELDS).filter(path => path !== 'masking.markers');
    expect(explained.sort()).toEqual(leaves.sort());
  });
});

/** Paths of all keys that hold a value; unions and records count as one value. */
function leavesOf(schema: z.core.$ZodType, path: string): string[] {
  let inner: z.core.$ZodType = schema;
  while (inner instanceof z.ZodDefault || inner instanceof z.ZodPrefault || inner instanceof z.ZodNullable) {
    inner = inner.unwrap();
  }
  if (!(inner instanceof z.ZodObject)) return [path];
  return Object.entries(inner.shape).flatMap(([key, value]) =>
    leavesOf(value as z.core.$ZodType, path === '' ? key : `${path}.${key}`),
  );
}
