/** Sentences about runs that come from another data folder. Counts arrive formatted. */

const runs = (count: string) => (count === '1' ? '1 run' : `${count} runs`);

export const importStrings = {
  button: 'Import',
  open: 'Import runs',
  folder: 'Data folder or run folder',
  help: 'The data folder of another Luthier (it holds history.sqlite or runs), or the folder of one run. Its files are copied; runs that are here already stay as they are.',
  start: 'Import',
  stop: 'Stop',
  close: 'Close',
  looking: 'Looking through the folder',
  progress: (done: string, total: string) => `${done} of ${total} runs`,
  copying: (done: string, total: string) => `Copying files: ${done} of ${total}`,
  stopped: 'The import was stopped. Runs that were imported until then stay.',
  imported: (count: string) => `${runs(count)} imported`,
  known: (count: string) => `${runs(count)} ${count === '1' ? 'was' : 'were'} in the history already.`,
  problem: (path: string, reason: string) => `${path}: ${reason}`,
};
