/** Which part of the explorer answers which question. */

import type { Outcome } from '../../../src-shared/contract/coded-error.ts';
import { assertNever } from '../../../src-shared/domain/assert-never.ts';
import type { Question } from '../../pipeline/questions.ts';
import { compareStrategies } from './compare-strategies.ts';
import { describeModel } from './describe-model.ts';
import type { ExplorerSession } from './explorer-session.ts';
import { findRow } from './find-row.ts';
import { heldOutPrompts } from './held-out-prompts.ts';
import { mapExamples } from './map-examples.ts';
import { proposeRowMarkers } from './propose-markers.ts';
import { renderRow, templateSources } from './render-row.ts';
import type { QuestionContext } from './serve-questions.ts';
import { showBatches, showBatchOfRow } from './show-batches.ts';
import { showExample } from './show-example.ts';
import { showPrompt } from './show-prompt.ts';
import { showRows } from './show-rows.ts';

export function answerQuestion(
  session: ExplorerSession,
  question: Question,
  context: QuestionContext,
): Promise<Outcome<unknown>> {
  switch (question.kind) {
    case 'describeModel':
      return describeModel(session, question.path, context);
    case 'rows':
      return showRows(session, question, context);
    case 'example':
      return showExample(session, question, context);
    case 'compare':
      return compareStrategies(session, question, context);
    case 'find':
      return findRow(session, question, context);
    case 'map':
      return mapExamples(session, question);
    case 'render':
      return renderRow(session, question, context);
    case 'sources':
      return templateSources(session, question.recipe, context);
    case 'markers':
      return proposeRowMarkers(session, question.recipe, context);
    case 'batches':
      return showBatches(session, question);
    case 'batchOfRow':
      return showBatchOfRow(session, question);
    case 'prompt':
      return showPrompt(session, question, context);
    case 'heldOut':
      return heldOutPrompts(session, question, context);
    default:
      return assertNever(question);
  }
}
