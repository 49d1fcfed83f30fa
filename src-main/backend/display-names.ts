/** Short names for the history: what a person would call the model and the data. */
import { basename } from 'node:path';
import type { Recipe } from '../../src-shared/recipe/schema.ts';

export function modelNameOf(recipe: Recipe, ownName: string): string {
  return ownName !== '' ? ownName : basename(recipe.model.path).replace(/\.gguf$/i, '');
}

export function dataNameOf(recipe: Recipe): string {
  const { path } = recipe.dataset;
  if (typeof path === 'string') return basename(path);
  const [first] = path;
  return path.length === 1 ? basename(first ?? '') : `${basename(first ?? '')} and ${path.length - 1} more`;
}
