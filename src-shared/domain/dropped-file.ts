/** Files that a browser hands over, since it does not tell where they lie. */

/** The largest part that is handed over at once. */
export const PART_BYTES = 4 * 1024 * 1024;

export const DATA_EXTENSIONS = ['.jsonl', '.json', '.csv', '.tsv', '.parquet', '.txt', '.gz', '.ndjson'];

/** What a file is for the studio, by its name; null for what is neither a recipe, a model nor data. */
export function kindOfFile(path: string): 'recipe' | 'model' | 'data' | null {
  const name = path.toLowerCase();
  if (/\.ya?ml$/.test(name)) return 'recipe';
  if (name.endsWith('.gguf')) return 'model';
  return DATA_EXTENSIONS.some(extension => name.endsWith(extension)) ? 'data' : null;
}
