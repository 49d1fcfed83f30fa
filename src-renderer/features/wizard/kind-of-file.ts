/** What a file is for the studio, by its name. */
import { DATA_FILES } from './data-files.ts';

/** Null for what is neither a recipe, a model nor data. */
export function kindOfFile(path: string): 'recipe' | 'model' | 'data' | null {
  const name = path.toLowerCase();
  if (/\.ya?ml$/.test(name)) return 'recipe';
  if (name.endsWith('.gguf')) return 'model';
  return DATA_FILES.some(extension => name.endsWith(extension)) ? 'data' : null;
}
