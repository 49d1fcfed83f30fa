/** Micro-batches of a run as pictures: which examples lie beside and behind one another, and how much is padding. */

import { type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { BatchView } from '../../../src-shared/contract/draft-procedures.ts';
import type { MicroBatch } from '../../../src-shared/domain/batch.ts';
import { IGNORE_INDEX } from '../../../src-shared/domain/labels.ts';
import { planBatches } from '../../adapters/prepared/prepared-batches.ts';
import type { Question } from '../../pipeline/questions.ts';
import type { ExplorerSession } from './explorer-session.ts';

/** The share of padding is counted over so many micro-batches from the first. */
const COUNTED_BATCHES = 100;

export interface BatchesPage {
  readonly steps: number;
  readonly counted: { batches: number; tokens: number; padding: number };
  readonly batches: BatchView[];
}

export async function showBatches(
  session: ExplorerSession,
  { recipe, preparedPath, fromStep, count }: Extract<Question, { kind: 'batches' }>,
): Promise<Outcome<BatchesPage>> {
  const opened = session.prepared(preparedPath);
  if (!opened.ok) return opened;
  const plan = planBatches(opened.value, recipe);
  const counted = { batches: 0, tokens: 0, padding: 0 };
  const batches: BatchView[] = [];
  for (const { planned, batches: ofStep } of plan.inOrder()) {
    const isShown = planned.step >= fromStep && batches.length < count;
    const isCounted = counted.batches < COUNTED_BATCHES;
    if (!isShown && !isCounted) {
      if (planned.step >= fromStep) break;
      continue;
    }
    const dataRows = isShown ? plan.rowsOf(planned) : [];
    for (const batch of ofStep) {
      if (counted.batches < COUNTED_BATCHES) {
        counted.batches++;
        counted.tokens += batch.tokens;
        counted.padding += batch.batchSize * batch.length - batch.tokens;
      }
      if (!isShown || batches.length >= count) continue;
      const rows = segmentsOf(batch);
      const examples = rows.reduce((sum, row) => sum + row.length, 0);
      batches.push({
        step: planned.step,
        epoch: planned.epoch,
        length: batch.length,
        rows,
        dataRows: dataRows.splice(0, examples),
      });
    }
  }
  return ok({ steps: plan.steps, counted, batches });
}

/** The first micro-batch that a row of the data is trained in; null where it is in none of the first epoch. */
export async function showBatchOfRow(
  session: ExplorerSession,
  { recipe, preparedPath, row }: Extract<Question, { kind: 'batchOfRow' }>,
): Promise<Outcome<{ batch: BatchView | null }>> {
  const opened = session.prepared(preparedPath);
  if (!opened.ok) return opened;
  const plan = planBatches(opened.value, recipe);
  for (const { planned, batches } of plan.inOrder()) {
    // The first epoch ends at 1.
    if (planned.epoch > 1) break;
    const dataRows = plan.rowsOf(planned);
    if (!dataRows.includes(row)) continue;
    const { step, epoch } = planned;
    for (const batch of batches) {
      const rows = segmentsOf(batch);
      const examples = rows.reduce((sum, segments) => sum + segments.length, 0);
      const own = dataRows.splice(0, examples);
      if (own.includes(row)) return ok({ batch: { step, epoch, length: batch.length, rows, dataRows: own } });
    }
  }
  return ok({ batch: null });
}

/** The sequences of each row, in order; what is left of the row is padding. */
function segmentsOf({ batchSize, length, labels, sequenceIds }: MicroBatch): BatchView['rows'] {
  return Array.from({ length: batchSize }, (_, row) => {
    const segments: { tokens: number; trained: number }[] = [];
    for (let i = 0; i < length; i++) {
      const sequence = sequenceIds[row * length + i] ?? -1;
      if (sequence < 0) break;
      segments[sequence] ??= { tokens: 0, trained: 0 };
      const segment = segments[sequence];
      segment.tokens++;
      if (labels[row * length + i] !== IGNORE_INDEX && segment.tokens > 1) segment.trained++;
    }
    return segments;
  });
}
