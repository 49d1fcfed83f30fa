/** Every sentence of the Disk page. Sizes and counts arrive formatted. */
import type { DiskKind } from '../../src-shared/domain/disk.ts';

const items = (count: number) => (count === 1 ? '1 item' : `${count} items`);

export const diskStrings = {
  title: 'Disk',
  lead: 'What Luthier keeps in its data folder, and what may go. Nothing is removed before you say so.',
  looking: 'Looking at the data folder',
  lookAgain: 'Look again',
  inFolder: (bytes: string, home: string) => `${bytes} in ${home}`,
  free: (bytes: string) => `${bytes} free on this disk`,
  kinds: {
    model: 'Models',
    prepared: 'Prepared datasets',
    run: 'Runs and adapters',
    checkpoint: 'Checkpoints',
    dropped: 'Dropped files',
    template: 'Templates',
    history: 'History',
    backup: 'Backups',
    leftover: 'Leftovers',
    trash: 'Trash',
    other: 'Other',
  } satisfies Record<DiskKind, string>,
  byKind: 'Space by kind',
  count: items,
  table: 'Everything in the data folder',
  columns: {
    choose: 'Clean up',
    what: 'What',
    kind: 'Kind',
    size: 'Size',
    used: 'Last used',
    why: 'What becomes of it',
  },
  choose: (name: string, kind: string) => `Clean up ${kind}: ${name}`,
  outcomes: { delete: 'Removed.', trash: 'Moved to the trash.', keep: 'Stays.' },
  empty: 'Nothing is here yet',
  emptyHelp: 'Prepared datasets, runs and checkpoints appear here with their sizes.',
  preview: 'Clean-up',
  nothingChosen: 'Nothing is chosen. Tick what may go; what is in use cannot be ticked.',
  willRemove: (count: number, bytes: string) =>
    `${items(count)} will be removed for good, which frees ${bytes}.`,
  willTrash: (count: number, bytes: string) =>
    `${items(count)} with ${bytes} will move to the trash, from where they can be restored.`,
  clean: 'Clean up',
  chooseProposed: 'Choose what is safe',
  chooseNone: 'Choose nothing',
  confirm: 'What is in the trash is removed for good. This cannot be undone.',
  confirmYes: 'Remove for good',
  cancel: 'Cancel',
  cleaned: (bytes: string, trashed: number) =>
    `${bytes} freed${trashed === 0 ? '' : `, ${items(trashed)} moved to the trash`}`,
  kept: (id: string, reason: string) => `${id} was left alone. ${reason}`,
  undo: 'Restore from the trash',
  restored: 'Restored from the trash.',
  problems: 'Not everything could be looked at',
  limit: 'Limit for prepared datasets, GiB',
  limitHelp:
    'Beyond it, the least recently used ones go by themselves, never one in use. They are made again when needed. Leave it empty for no limit.',
  setLimit: 'Set the limit',
  notASize: 'Type a number above 0, or leave it empty.',
  limitSet: 'The limit is set.',
  never: 'not known',
};
