/** Of several files that are dropped, none may vanish without a word. */
import { expect, test } from 'vitest';
import { sortFiles } from './sort-files.ts';

const sort = (...names: string[]) => sortFiles(names, name => name);

test('a recipe, a model and all data files are taken together', () => {
  expect(sort('b.jsonl', 'm.gguf', 'r.luthier.yaml', 'a.csv')).toEqual({
    recipe: 'r.luthier.yaml',
    model: 'm.gguf',
    data: ['b.jsonl', 'a.csv'],
    left: [],
  });
});

test('of two models the first counts, and the other is named with what is nothing at all', () => {
  expect(sort('one.gguf', 'two.GGUF', 'notes.docx', 'r.yaml', 's.yml')).toMatchObject({
    recipe: 'r.yaml',
    model: 'one.gguf',
    left: [
      { name: 'two.GGUF', why: 'model' },
      { name: 'notes.docx', why: 'unknown' },
      { name: 's.yml', why: 'recipe' },
    ],
  });
});
