/** A step must never look done while something in it keeps the run from starting. */
import { expect, test } from 'vitest';
import { parseRecipe } from '../../../src-shared/recipe/faults.ts';
import { emptyRecipe, withValues } from '../../draft/recipe-values.ts';
import { stepOfKey, stepState, type WhatIsKnown } from './step-state.ts';

function known(values: Record<string, unknown>, more: Partial<WhatIsKnown> = {}): WhatIsKnown {
  const recipe = withValues(emptyRecipe(), values);
  const parsed = parseRecipe(recipe);
  return {
    recipe,
    faults: parsed.ok ? [] : parsed.faults,
    model: null,
    data: null,
    report: null,
    isChecking: false,
    failed: { model: false, data: false, prepare: false },
    ...more,
  };
}

test('an empty draft needs a model and data, and is not ready', () => {
  const empty = known({});
  expect(stepState('model', empty).status).toBe('needs');
  expect(stepState('data', empty).status).toBe('needs');
  expect(stepState('masking', empty).status).toBe('done');
  expect(stepState('run', empty).status).toBe('open');
});

test('a wrong value blocks the step that holds its field', () => {
  const wrong = known({ 'model.path': '/m', 'dataset.path': '/d', 'training.learningRate': 'fast' });
  expect(stepState('training', wrong).status).toBe('blocked');
  expect(stepState('collator', wrong).status).toBe('done');
});

test('a model that cannot be trained, and data without one usable row, block', () => {
  const values = { 'model.path': '/m', 'dataset.path': '/d' };
  expect(stepState('model', known(values, { model: { name: 'm', untrainable: true } })).status).toBe(
    'blocked',
  );
  expect(stepState('data', known(values, { data: { conversations: 0, problems: 9 } })).status).toBe(
    'blocked',
  );
  expect(stepState('data', known(values, { data: { conversations: 5, problems: 9 } })).status).toBe('warn');
});

test('each key belongs to one step', () => {
  expect(['adapter.rank', 'template.path', 'dataset.roles', 'name'].map(stepOfKey)).toEqual([
    'training',
    'template',
    'data',
    'run',
  ]);
});
