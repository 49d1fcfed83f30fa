/** All examples of a prepared dataset as a few bars: trained, masked and cut tokens of neighbours together. */

import { type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { MapBar } from '../../../src-shared/contract/draft-procedures.ts';
import type { Question } from '../../pipeline/questions.ts';
import type { ExplorerSession } from './explorer-session.ts';

/** A bar's sums are over its examples; `firstIndex` is the row of the first. */
export async function mapExamples(
  session: ExplorerSession,
  { preparedPath, bars: wanted }: Extract<Question, { kind: 'map' }>,
): Promise<Outcome<{ examples: number; bars: MapBar[] }>> {
  const opened = session.prepared(preparedPath);
  if (!opened.ok) return opened;
  const dataset = opened.value;
  const examples = dataset.meta.dataExamples;
  const perBar = Math.max(1, Math.ceil(examples / wanted));
  const bars: MapBar[] = [];
  for (let first = 0; first < examples; first += perBar) {
    const bar = {
      firstIndex: dataset.summary(first).row,
      trained: 0,
      masked: 0,
      cut: 0,
      dropped: 0,
      examples: 0,
    };
    for (let i = first; i < Math.min(examples, first + perBar); i++) {
      const { tokens, trainableTokens, truncatedTokens, dropped } = dataset.summary(i);
      bar.examples++;
      if (dropped) bar.dropped++;
      bar.trained += dropped ? 0 : trainableTokens;
      bar.masked += dropped ? tokens : tokens - trainableTokens;
      bar.cut += truncatedTokens;
    }
    bars.push(bar);
  }
  return ok({ examples, bars });
}
