/** What a model gets for a conversation that waits for its answer: text and tokens, as training would put them. */
import { type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { EncodedPrompt } from '../../pipeline/job-results.ts';
import type { Question } from '../../pipeline/questions.ts';
import { encodePrompt } from '../preparer/encode-prompts.ts';
import type { ExplorerSession } from './explorer-session.ts';
import type { QuestionContext } from './serve-questions.ts';
import { pageOf } from './show-example.ts';

/** Errors: those of model and template, `template.missing`. */
export async function showPrompt(
  session: ExplorerSession,
  { recipe, messages }: Extract<Question, { kind: 'prompt' }>,
  context: QuestionContext,
): Promise<Outcome<EncodedPrompt>> {
  const labeller = await session.chatLabeller(recipe, context);
  if (!labeller.ok) return labeller;
  const { options } = labeller.value;
  const encoded = encodePrompt(options, messages);
  if (!encoded.ok) return encoded;
  const { text, inputIds } = encoded.value;
  const { ids, pieces, bytes } = pageOf(options.tokenizer, Int32Array.from(inputIds), 0, inputIds.length);
  return ok({ text, ids, pieces, bytes, stopIds: [...options.tokenizer.endOfGenerationIds] });
}
