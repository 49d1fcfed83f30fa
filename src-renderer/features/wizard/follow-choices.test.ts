/** Twenty rows must not end up in a run of three updates. */
import { expect, test } from 'vitest';
import { emptyRecipe } from '../../draft/recipe-values.ts';
import { nameForData, valuesForData, valuesForModel } from './follow-choices.ts';

const inspection = (conversations: number) => ({ conversations }) as Parameters<typeof valuesForData>[0];

test.each([
  [20, 1],
  [60, 2],
  [200, 4],
])('%i rows are put into steps of %i micro-batches', (rows, accumulation) => {
  expect(valuesForData(inspection(rows), emptyRecipe())['training.gradientAccumulationSteps']).toBe(
    accumulation,
  );
});

test('many rows keep the defaults', () => {
  expect(valuesForData(inspection(6000), emptyRecipe())).toEqual({});
});

test('a model with a short context, fewer matrices and no template', () => {
  const facts = { contextLength: 512, targetModules: ['attn_q', 'attn_v'], hasTemplate: false };
  expect(valuesForModel(facts as Parameters<typeof valuesForModel>[0], emptyRecipe())).toEqual({
    'collator.maxLength': 512,
    'adapter.targetModules': ['attn_q', 'attn_v'],
    'template.source': 'preset',
    'template.preset': 'chatml',
  });
});

test('a run is named after its data', () => {
  expect(['/d/support.jsonl', 'C:\\\\data\\\\letters.csv.gz', '/d/x'].map(nameForData)).toEqual([
    'support',
    'letters',
    'x',
  ]);
});
