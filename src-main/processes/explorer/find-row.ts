/** The next row that is cut, dropped, has a finding or holds a text. */
import { type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { Finding } from '../../../src-shared/domain/conversation.ts';
import { labelRow } from '../../pipeline/label-row.ts';
import type { Question } from '../../pipeline/questions.ts';
import { stopRequested } from '../child-channel.ts';
import type { ExplorerSession } from './explorer-session.ts';
import type { QuestionContext } from './serve-questions.ts';

type Find = Extract<Question, { kind: 'find' }>;
export interface Found {
  readonly row: number | null;
  /** Where a search that took long was left; null where it reached the end. */
  readonly stoppedAt: number | null;
}

const ROWS_PER_LOOK = 50;
/** Other questions wait behind a search, so a long one is done in parts. */
const TIME_LIMIT_MS = 3000;

/** Looks behind `row`, or before it. Cut and dropped rows are known from the prepared file's index alone. */
export async function findRow(
  session: ExplorerSession,
  question: Find,
  context: QuestionContext,
): Promise<Outcome<Found>> {
  const { search, preparedPath } = question;
  if (preparedPath !== null && (search.kind === 'cut' || search.kind === 'dropped'))
    return findInIndex(session, preparedPath, search.kind, question);
  const data = await session.data(question.recipe.dataset, context.signal);
  if (!data.ok) return data;
  const matches = await matcher(session, question, context);
  if (!matches.ok) return matches;
  const step = question.backwards ? -1 : 1;
  const startedAt = performance.now();
  const first = question.row + step;
  for (let at = first; at >= 0; at += step) {
    const paged = await data.value.row(at);
    if (!paged) break;
    if (matches.value(paged)) return ok({ row: at, stoppedAt: null });
    if (Math.abs(at - first + 1) % ROWS_PER_LOOK > 0) continue;
    const isLong = performance.now() - startedAt > TIME_LIMIT_MS;
    if (isLong || (await stopRequested(context.signal))) return ok({ row: null, stoppedAt: at });
  }
  return ok({ row: null, stoppedAt: null });
}

type Paged = NonNullable<Awaited<ReturnType<import('./data-pages.ts').DataPages['row']>>>;

async function matcher(
  session: ExplorerSession,
  { recipe, search }: Find,
  context: QuestionContext,
): Promise<Outcome<(paged: Paged) => boolean>> {
  if (search.kind === 'text') {
    const wanted = search.text.toLowerCase();
    return ok(({ read }) => read.ok && holdsText(read.value, wanted));
  }
  const labeller = await session.labeller(recipe, context);
  if (!labeller.ok) return labeller;
  const { options } = labeller.value;
  return ok(({ row }) =>
    labelRow(row, options).some(example => {
      if (search.kind === 'cut') return example.truncatedTokens > 0;
      if (search.kind === 'dropped') return example.dropped !== null;
      return example.findings.includes(search.id as Finding);
    }),
  );
}

function holdsText(value: unknown, wanted: string): boolean {
  if (typeof value === 'string') return value.toLowerCase().includes(wanted);
  if (typeof value !== 'object' || value === null) return String(value).toLowerCase().includes(wanted);
  return Object.values(value).some(part => holdsText(part, wanted));
}

function findInIndex(
  session: ExplorerSession,
  preparedPath: string,
  kind: 'cut' | 'dropped',
  { row, backwards }: Find,
): Outcome<Found> {
  const opened = session.prepared(preparedPath);
  if (!opened.ok) return opened;
  const dataset = opened.value;
  const count = dataset.meta.dataExamples;
  const step = backwards ? -1 : 1;
  for (let i = backwards ? count - 1 : 0; i >= 0 && i < count; i += step) {
    const summary = dataset.summary(i);
    if (backwards ? summary.row >= row : summary.row <= row) continue;
    if (kind === 'cut' ? summary.truncatedTokens > 0 : summary.dropped)
      return ok({ row: summary.row, stoppedAt: null });
  }
  return ok({ row: null, stoppedAt: null });
}
