/** One row as the trainer would get it: runs of tokens with their reasons, and a page of the tokens themselves. */

import { fail, type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { ExplainedExample, TokenPage } from '../../../src-shared/contract/draft-procedures.ts';
import { countTrainableTokens } from '../../../src-shared/domain/labels.ts';
import type { Tokenizer } from '../../pipeline/ports.ts';
import type { Question } from '../../pipeline/questions.ts';
import type { ExplorerSession } from './explorer-session.ts';
import type { QuestionContext } from './serve-questions.ts';

export async function showExample(
  session: ExplorerSession,
  { recipe, row: wanted, part, from, count }: Extract<Question, { kind: 'example' }>,
  context: QuestionContext,
): Promise<Outcome<ExplainedExample>> {
  const data = await session.data(recipe.dataset, context.signal);
  if (!data.ok) return data;
  const labeller = await session.labeller(recipe, context);
  if (!labeller.ok) return labeller;
  const paged = await data.value.row(wanted);
  if (!paged) return fail(noRow(wanted));
  const { options, model } = labeller.value;
  const explained = session.explained(paged.row, options, part, model.info.contextLength);
  const { example, inputIds, runs, parts, places } = explained;
  return ok({
    row: example.row,
    line: example.line,
    part: Math.min(part, parts - 1),
    parts,
    tokens: inputIds.length,
    keptTokens: example.inputIds.length,
    trainedTokens: example.dropped === null ? countTrainableTokens(example.labels) : 0,
    dropped: example.dropped,
    problem: example.problem,
    method: example.method,
    findings: [...example.findings],
    places,
    runs: [...runs],
    page: pageOf(options.tokenizer, inputIds, from, count),
  });
}

export function pageOf(tokenizer: Tokenizer, inputIds: Int32Array, from: number, count: number): TokenPage {
  const ids = inputIds.slice(from, from + count);
  const { bytes, offsets } = tokenizer.pieces(ids);
  const own = (i: number) => Buffer.from(bytes.subarray(offsets[i] ?? 0, offsets[i + 1] ?? 0));
  return {
    from,
    ids: [...ids],
    pieces: Array.from(ids, (_, i) => own(i).toString('utf8')),
    bytes: Array.from(ids, (_, i) => own(i).toString('hex')),
  };
}

export function noRow(row: number) {
  return {
    code: 'data.noRow',
    title: 'The data has no such row.',
    cause: `There is no row ${row}; rows count from 0.`,
    remedy: 'Choose another row.',
  };
}
