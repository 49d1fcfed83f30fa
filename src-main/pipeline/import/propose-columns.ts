/** Which columns may hold the prompt and the answer where the ones in use give nothing. */
import type { Recipe } from '../../../src-shared/recipe/schema.ts';
import { isObject } from './json-shapes.ts';

type Columns = Required<Pick<Recipe['dataset']['columns'], 'prompt' | 'completion'>>;

/** The first column with text asks, the one of the others with most text answers; null without two. */
export function proposeColumns(rows: readonly unknown[]): Columns | null {
  const lengths = new Map<string, number>();
  for (const row of rows.filter(isObject)) {
    for (const [name, value] of Object.entries(row)) {
      if (typeof value === 'string' && value.trim() !== '')
        lengths.set(name, (lengths.get(name) ?? 0) + value.length);
    }
  }
  const [prompt, ...others] = [...lengths.keys()];
  if (prompt === undefined || others.length === 0) return null;
  const completion = others.reduce((a, b) => ((lengths.get(b) ?? 0) > (lengths.get(a) ?? 0) ? b : a));
  return { prompt, completion };
}
