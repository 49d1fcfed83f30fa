/** Every sentence about runs that come from other runs. Counts and sizes arrive formatted. */
import type { Repetition, RunInput } from '../../src-shared/domain/repetition.ts';
import type { RunParent } from '../../src-shared/domain/run.ts';

const inputs = {
  model: 'the model file',
  data: 'the data',
  template: 'the chat template',
  preparedDataset: 'the labelled examples',
} satisfies Record<RunInput, string>;

type NotCompared = Extract<Repetition['adapter'], { kind: 'notCompared' }>['reason'];

export const familyStrings = {
  again: 'Run again',
  starting: 'Comparing the files with those of the run',
  changedTitle: 'The files are no longer what they were',
  changedHelp:
    'Run again with what is there now? The new run will say what had changed, and its adapter will be another one.',
  goOn: 'Run again all the same',
  leave: 'Leave it',
  clone: 'Clone and change',
  cloned: (name: string) => `The recipe of ${name} is open. Undo brings back what was.`,
  continue: 'Continue training',
  continued: (name: string) =>
    `The recipe of ${name} is open and begins with its adapter. Undo brings back what was.`,
  saveRecipe: 'Save as recipe',
  saved: (place: string) => `Saved as ${place}.`,
  forget: 'Name no parent',
  title: 'Related runs',
  from: { continued: 'Continues', cloned: 'Changed from', again: 'Repeats' } satisfies Record<
    RunParent['kind'],
    string
  >,
  to: { continued: 'Continued by', cloned: 'Changed in', again: 'Repeated by' } satisfies Record<
    RunParent['kind'],
    string
  >,
  gone: (id: string) => `a deleted run (${id})`,
  same: 'Byte for byte the same adapter',
  sameHelp: (bytes: string) => `All ${bytes} of the adapter are those of the original.`,
  different: 'Not the same adapter',
  matrices: (differing: string, all: string, distance: string | null) =>
    `${differing} of ${all} matrices differ from the original${distance === null ? '' : `, by at most ${distance}`}.`,
  unreadable: 'One of the two adapter files cannot be read as an adapter.',
  notCompared: 'Not compared with the original',
  reasons: {
    ended: 'This run did not come to its end.',
    originalEnded: 'The original did not come to its end.',
    originalGone: 'The original is not in the history any more.',
    fileMissing: 'The adapter file of the original is not there any more.',
  } satisfies Record<NotCompared, string>,
  sameSteps: (count: string) => `${count} steps have the same loss and gradient norm.`,
  firstDifferent: (step: string) => `Step ${step} is the first with another loss or gradient norm.`,
  changed: (names: readonly RunInput[]) =>
    `Changed on the disk since then: ${names.map(name => inputs[name]).join(', ')}.`,
  versions: (list: Repetition['changedVersions']) =>
    `Other versions: ${list.map(({ name, before, now }) => `${name} ${before}, now ${now}`).join('; ')}.`,
};
