/** File names that may be a data set, for the file browser. */
export const DATA_FILES = ['.jsonl', '.json', '.csv', '.tsv', '.parquet', '.txt', '.gz', '.ndjson'];
