/** Every sentence about the queue of runs. Counts and times arrive formatted. */

export const queueStrings = {
  title: 'Queue',
  goTo: 'queue of runs',
  waitsFor: (run: string) => `Waits for ${run}, which another process of Luthier trains.`,
  next: 'Starts when the device is free. Preflight runs once more before each start.',
  status: {
    waiting: 'Waits',
    starting: 'Being prepared',
    blocked: 'Blocked',
  },
  added: (time: string) => `added ${time}`,
  up: (name: string) => `Move ${name} up`,
  down: (name: string) => `Move ${name} down`,
  start: 'Start now',
  startName: (name: string) => `Start ${name} now`,
  remove: (name: string) => `Remove ${name} from the queue`,
  removed: (name: string) => `${name} was removed from the queue.`,
  restored: (name: string) => `${name} is in the queue again.`,
  moved: (name: string, place: number) => `${name} is now at place ${place}.`,
  undo: 'Undo',
  count: (count: number) => (count === 1 ? '1 run in the queue' : `${count} runs in the queue`),
  add: 'Add to the queue',
  isBusy: 'The device is in use, so the run was added to the queue.',
  isAdded: 'The run was added to the queue.',
  startsLater: 'It starts by itself when the device is free, also if you leave this page.',
  show: 'Show the queue',
};
