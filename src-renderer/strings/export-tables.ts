/** Sentences about runs that are written as tables. Counts arrive formatted. */
import type { HistoryFormat } from '../../src-shared/domain/history-export.ts';

const runs = (count: string) => (count === '1' ? '1 run' : `${count} runs`);

export const exportTablesStrings = {
  button: 'Export',
  open: (count: string) => `Export ${runs(count)} as tables`,
  title: 'Export runs as tables',
  which: 'Which runs',
  chosen: (count: string) => `${count} chosen`,
  found: (count: string) => `All ${count} that are found`,
  format: 'Format',
  formats: {
    csv: { name: 'CSV', help: 'For spreadsheets. One file each for runs, steps, evaluations and samples.' },
    json: { name: 'JSON', help: 'For programs. One file each for runs, steps, evaluations and samples.' },
    parquet: {
      name: 'Parquet',
      help: 'For pandas, polars and DuckDB: small, and with types. One file each for runs, steps, evaluations and samples.',
    },
    tensorboard: {
      name: 'TensorBoard',
      help: 'The curves of each run as an event file, in a folder of its own.',
    },
  } satisfies Record<HistoryFormat, { name: string; help: string }>,
  folder: 'Folder',
  folderHelp: 'A folder with the files is made in it, once they are whole.',
  name: 'Name of the new folder',
  firstName: 'luthier-runs',
  start: 'Export',
  replace: 'Replace it',
  stop: 'Stop',
  close: 'Close',
  starting: 'Looking at the runs',
  progress: (phase: string, done: string, total: string | null) =>
    total === null ? `${phase}: ${done} rows` : `${phase}: ${done} of ${total}`,
  stopped: 'The export was stopped. Nothing was written.',
  done: (count: string) => `${runs(count)} exported`,
  rows: (count: string) => (count === '1' ? '1 row' : `${count} rows`),
  more: (count: string) => `and ${count} more files`,
};
