/** Sentences of the buttons that steer a run. */
export const runControlStrings = {
  pause: 'Pause',
  pausing: 'Pausing after this step',
  resume: 'Resume',
  resuming: 'Resuming: the inputs are checked first',
  stop: 'Stop',
  stopAndKeep: (step: string) => `Stop and keep step ${step}`,
  stopping: 'Stopping after this step',
  discard: 'Discard',
  discarding: 'Discarding after this step',
  discardTitle: 'Stop and discard this run?',
  discardHelp: (name: string) =>
    `${name} stops after the step under way and leaves the history. Its files stay, and Undo brings it back as far as it came.`,
  discardConfirm: 'Stop and discard',
  discardCancel: 'Let it run',
  more: 'More',
  busy: (name: string) => `The device is in use by ${name}. Stop or pause that run first.`,
  removedTitle: (name: string) => `${name} is deleted`,
  removedHelp: 'It is out of the history. Its files stay on the disk, so it can come back.',
  undo: 'Undo',
  restored: (name: string) => `${name} is back in the history.`,
};
