/** Every sentence about runs that come from other runs. Counts and sizes arrive formatted. */
import type { Repetition, RunInput } from '../../src-shared/domain/repetition.ts';
import type { RunParent } from '../../src-shared/domain/run.ts';

const inputs = {
  model: 'the model file',
  data: 'the data',
  template: 'the chat template',
  preparedDataset: 'the labelled examples',
} satisfies Record<RunInput, string>;

/** The adapter of the best evaluation, or that of the last step. */
export type AdapterChoice = 'best' | 'last';

type NotCompared = Extract<Repetition['adapter'], { kind: 'notCompared' }>['reason'];

export const familyStrings = {
  again: 'Run again',
  starting: 'Comparing the files with those of the run',
  notTheSame: {
    changes: {
      title: 'The files are no longer what they were',
      help: 'Run again with what is there now? The new run will say what had changed, and its adapter will be another one.',
    },
    extension: {
      title: 'The run was extended, and will not be the same',
      help: 'Run again from the start, for all its steps? The adapter will be another one, and the new run will say why.',
    },
  },
  goOn: 'Run again all the same',
  leave: 'Leave it',
  clone: 'Clone and change',
  cloned: (name: string) => `The recipe of ${name} is open. Undo brings back what was.`,
  continue: 'Continue training',
  continued: (name: string, from: AdapterChoice) =>
    `The recipe of ${name} is open and begins with its adapter${from === 'best' ? ' of the best evaluation' : ''}. Undo brings back what was.`,
  continueTitle: 'Continue with which adapter?',
  continueHelp:
    'The new run begins with these weights; its optimizer and its learning rate begin anew. The adapter of this run stays as it is.',
  continueFrom: 'Begin with',
  bestAdapter: (loss: string, step: string) => `Best evaluation: loss ${loss} at step ${step}`,
  lastAdapter: (loss: string | null, step: string) =>
    `Last step: step ${step}${loss === null ? '' : `, evaluation ${loss}`}`,
  continueConfirm: 'Open the recipe',
  continueCancel: 'Leave it',
  withAdapter: {
    best: 'with the adapter of its best evaluation',
    last: 'with the adapter of its last step',
  } satisfies Record<AdapterChoice, string>,
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
  originalExtended: 'The original was extended, and this run was trained in one go.',
  versions: (list: Repetition['changedVersions']) =>
    `Other versions: ${list.map(({ name, before, now }) => `${name} ${before}, now ${now}`).join('; ')}.`,
};
