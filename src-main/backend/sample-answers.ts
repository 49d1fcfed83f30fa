/** Answers to the recipe's prompts while a run trains: same template and engine as in a chat. */
import { toCodedError } from '../../src-shared/contract/coded-error.ts';
import type { TrainingEvent } from '../../src-shared/domain/training.ts';
import type { Recipe } from '../../src-shared/recipe/schema.ts';
import { answerPrompts, GREEDY, promptOf } from './answer-prompts.ts';
import type { BackendParts } from './backend-parts.ts';

/** Sample events in the order of the prompts. A fault ends no run: it becomes the warning `sample.failed`. */
export async function sample(
  parts: BackendParts,
  recipe: Recipe,
  { step, adapterPath }: { readonly step: number; readonly adapterPath: string },
  signal: AbortSignal,
): Promise<TrainingEvent[]> {
  const prompts = recipe.training.samplePrompts;
  const messages = prompts.map(prompt => promptOf(recipe, prompt));
  const answers = await answerPrompts(parts, recipe, [adapterPath], messages, GREEDY, { signal }).catch(
    (fault: unknown) => ({ ok: false as const, error: toCodedError(fault) }),
  );
  if (signal.aborted) return [];
  if (!answers.ok) {
    const { title, cause } = answers.error;
    return [{ type: 'warning', code: 'sample.failed', message: `Step ${step}: ${title} ${cause}` }];
  }
  const texts = answers.value[0] ?? [];
  return prompts.map((prompt, i) => ({ type: 'sample', step, prompt, text: texts[i] ?? '' }));
}
