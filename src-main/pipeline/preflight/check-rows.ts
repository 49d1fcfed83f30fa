/** Rows that cannot be read, and rows that say something their owner may not have meant. */
import type { Finding } from '../../../src-shared/domain/conversation.ts';
import { findingRows } from './check-labels.ts';
import { adviceFor, describeReasons } from './drop-reasons.ts';
import { byShare, type DataFacts, fires, passes, rowsOf, type Verdict } from './preflight-facts.ts';

export function checkRows(facts: DataFacts): Verdict[] {
  return [dataInvalid(facts), ...NOTES.flatMap(note => checkNote(facts, note))];
}

function dataInvalid({ counts }: DataFacts): Verdict {
  const { invalid } = counts.dropped;
  if (invalid.count === 0) return passes('data.invalid', 'All rows can be read.');
  return fires(
    'data.invalid',
    byShare(invalid.count, counts.examples),
    `${rowsOf(invalid.count, counts.examples, '')} cannot be read.`,
    `They are left out: ${describeReasons(counts, ['invalid'])} ${adviceFor('invalid')}`,
    invalid,
  );
}

interface Note {
  readonly id: Finding;
  readonly severity: 'warning' | 'info';
  readonly title: string;
  readonly cause: string;
  /** What is said where no row is like that; null says nothing. */
  readonly passes: string | null;
}

const NOTES: readonly Note[] = [
  {
    id: 'data.placeholder',
    severity: 'warning',
    title: 'hold a placeholder such as {{name}}',
    cause: 'The model would learn to write it. Fill it in, or take the rows out.',
    passes: 'No placeholder is left in the texts.',
  },
  {
    id: 'data.imageIgnored',
    severity: 'warning',
    title: 'hold images, which are left out',
    cause: 'Only text is trained; no image file is opened.',
    passes: null,
  },
  {
    id: 'data.preference',
    severity: 'warning',
    title: 'are preference data, of which only the chosen answer is used',
    cause: 'The rejected answers are never trained on.',
    passes: null,
  },
];

function checkNote({ counts }: DataFacts, note: Note): Verdict[] {
  const found = findingRows(counts, note.id);
  if (found.count === 0) return note.passes === null ? [] : [passes(note.id, note.passes)];
  return [
    fires(
      note.id,
      note.severity,
      `${rowsOf(found.count, counts.examples, '')} ${note.title}.`,
      note.cause,
      found,
    ),
  ];
}
