/** What a search for runs looks at, kept with each run in lower case: SQLite's own folds only English letters. */

export interface SearchedRun {
  readonly id: string;
  readonly name: string;
  readonly modelName: string;
  readonly dataName: string;
  readonly masking: string;
  readonly tags: readonly string[];
  readonly note: string;
}

export function searchTextOf({ id, name, modelName, dataName, masking, tags, note }: SearchedRun): string {
  return [name, modelName, dataName, masking, ...tags, id, note].join('\n').toLowerCase();
}
