/** What becomes of files that come together: at most one recipe and one model, any number of data files. Pure. */
import { kindOfFile } from '../../../src-shared/domain/dropped-file.ts';

export interface SortedFiles<F> {
  readonly recipe: F | null;
  readonly model: F | null;
  readonly data: readonly F[];
  /** Those that are nothing to the studio, and those of which there is one already. */
  readonly left: readonly { readonly name: string; readonly why: 'unknown' | 'recipe' | 'model' }[];
}

/** `nameOf`: the name or path of a file, whose end says what it is. The first of a kind counts. */
export function sortFiles<F>(files: readonly F[], nameOf: (file: F) => string): SortedFiles<F> {
  const kinds = files.map(file => kindOfFile(nameOf(file)));
  const first = (kind: 'recipe' | 'model') => files[kinds.indexOf(kind)] ?? null;
  const [recipe, model] = [first('recipe'), first('model')];
  return {
    recipe,
    model,
    data: files.filter((_, i) => kinds[i] === 'data'),
    left: files.flatMap((file, i) => {
      const kind = kinds[i];
      if (kind === 'data' || file === recipe || file === model) return [];
      return [{ name: nameOf(file), why: kind ?? ('unknown' as const) }];
    }),
  };
}
