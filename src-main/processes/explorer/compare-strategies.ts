/** What each masking strategy would train over the first rows: the live effect beside the choice. */
import { type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import { countTrainableTokens } from '../../../src-shared/domain/labels.ts';
import type { Recipe } from '../../../src-shared/recipe/schema.ts';
import { labelRow } from '../../pipeline/label-row.ts';
import type { Question } from '../../pipeline/questions.ts';
import { stopRequested } from '../child-channel.ts';
import type { ExplorerSession } from './explorer-session.ts';
import type { QuestionContext } from './serve-questions.ts';

const STRATEGIES = ['assistant', 'last-assistant', 'full', 'completion', 'markers'] as const;
/** Rows are cut short where a template is slow: an estimate that comes late is of no use. */
const TIME_LIMIT_MS = 1500;
const ROWS_PER_LOOK = 5;

export interface StrategyEffect {
  readonly strategy: string;
  trained: number;
  tokens: number;
  rowsWithoutLabels: number;
}

export async function compareStrategies(
  session: ExplorerSession,
  { recipe, rows: wanted }: Extract<Question, { kind: 'compare' }>,
  context: QuestionContext,
): Promise<Outcome<{ rows: number; strategies: StrategyEffect[] }>> {
  const data = await session.data(recipe.dataset, context.signal);
  if (!data.ok) return data;
  const labellers: { readonly effect: StrategyEffect; readonly options: Parameters<typeof labelRow>[1] }[] =
    [];
  for (const strategy of STRATEGIES.filter(name => name !== 'markers' || recipe.masking.markers.response)) {
    const masking: Recipe['masking'] = { ...recipe.masking, strategy };
    const labeller = await session.labeller({ ...recipe, masking }, context);
    if (!labeller.ok) return labeller;
    const effect = { strategy, trained: 0, tokens: 0, rowsWithoutLabels: 0 };
    labellers.push({ effect, options: labeller.value.options });
  }
  const startedAt = performance.now();
  let done = 0;
  for (const { row } of await data.value.rows(0, wanted)) {
    for (const { effect, options } of labellers) {
      for (const { labels, dropped, inputIds } of labelRow(row, options)) {
        effect.tokens += inputIds.length;
        if (dropped === null) effect.trained += countTrainableTokens(labels);
        else effect.rowsWithoutLabels++;
      }
    }
    done++;
    if (done % ROWS_PER_LOOK > 0) continue;
    if (performance.now() - startedAt > TIME_LIMIT_MS || (await stopRequested(context.signal))) break;
  }
  return ok({ rows: done, strategies: labellers.map(({ effect }) => effect) });
}
