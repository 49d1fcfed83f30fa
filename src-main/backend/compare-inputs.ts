/** Whether the files that a run was started with are still the same, by their hashes. */
import type { RunInput } from '../../src-shared/domain/repetition.ts';
import type { RunHashes } from '../../src-shared/domain/training.ts';

export interface ChangedInputs {
  readonly differing: readonly RunInput[];
  /** Which, in one sentence. */
  readonly cause: string;
}

/** In the middle of a sentence. */
export const INPUT_NAMES = {
  model: 'the model file',
  data: 'the data',
  template: 'the chat template',
  preparedDataset: 'the labelled examples',
} as const satisfies Record<RunInput, string>;

/** Null where nothing has changed. */
export function compareInputs(before: RunHashes, now: RunHashes): ChangedInputs | null {
  const keys = Object.keys(INPUT_NAMES) as RunInput[];
  const differing = keys.filter(key => before[key] !== now[key]);
  if (differing.length === 0) return null;
  const onlyLabels = differing.length === 1 && differing[0] === 'preparedDataset';
  const cause = onlyLabels
    ? 'The labelled examples are not the same, though model, data and template are: the validation file is another, or this version of Luthier is.'
    : `Changed since the run was started: ${differing.map(key => INPUT_NAMES[key]).join(', ')}.`;
  return { differing, cause };
}
