/** Answers with base and tuned model: same prompt, same template and tokens as in training. */
import { fail, type Outcome, ok } from '../../src-shared/contract/coded-error.ts';
import type { Message } from '../../src-shared/domain/conversation.ts';
import type { Recipe } from '../../src-shared/recipe/schema.ts';
import type { BackendParts } from './backend-parts.ts';
import type { WorkOptions } from './ports.ts';

export interface AnswerSampling {
  readonly temperature: number;
  readonly topP: number;
  readonly seed: number;
}

export const GREEDY: AnswerSampling = { temperature: 0, topP: 1, seed: 42 };

const LONGEST_ANSWER_TOKENS = 512;

/** `answers[adapter][prompt]`; an adapter path of null is the base model. */
export async function answerPrompts(
  parts: BackendParts,
  recipe: Recipe,
  adapterPaths: readonly (string | null)[],
  prompts: readonly (readonly Message[])[],
  sampling: AnswerSampling,
  work: WorkOptions,
): Promise<Outcome<readonly (readonly string[])[]>> {
  const encoded = await parts.workers.preparer.encode(recipe, prompts, work);
  if (!encoded.ok) return encoded;
  const generated = await parts.workers.inference.generate(
    {
      modelPath: recipe.model.path,
      adapterPaths,
      prompts: encoded.value.prompts,
      stopIds: encoded.value.stopIds,
      maxTokens: Math.min(LONGEST_ANSWER_TOKENS, recipe.collator.maxLength),
      sampling,
      threads: recipe.device.threads,
    },
    work,
  );
  return generated.ok ? ok(generated.value.answers) : generated;
}

/** A user's words as the data has them: behind the recipe's system prompt, if any. */
export function promptOf({ dataset }: Recipe, prompt: string): Message[] {
  const user: Message = { role: 'user', content: prompt };
  return dataset.systemPrompt === null ? [user] : [{ role: 'system', content: dataset.systemPrompt }, user];
}

/** One prompt to a run's base and tuned model. Errors: `run.notFound`, `run.noAdapter`, `compute.busy`. */
export async function answerWithRun(
  parts: BackendParts,
  id: string,
  prompt: string,
  sampling: AnswerSampling,
  work: WorkOptions,
): Promise<Outcome<{ base: string; tuned: string }>> {
  const run = parts.store.brief(id);
  if (!run) return fail(runNotFound(id));
  if (run.adapterPath === null) {
    return fail({
      code: 'run.noAdapter',
      title: 'The run has no adapter.',
      cause: `The run ${run.name} is ${run.status}, and no adapter was saved.`,
      remedy: 'Choose a run that was completed, or stopped and kept.',
    });
  }
  const recipe = parts.checkRecipe(run.recipe);
  if (!recipe.ok) return recipe;
  const lease = parts.lease.take('a chat');
  if (!lease.ok) return lease;
  try {
    const answers = await answerPrompts(
      parts,
      recipe.value,
      [null, run.adapterPath],
      [promptOf(recipe.value, prompt)],
      sampling,
      work,
    );
    if (!answers.ok) return answers;
    return ok({ base: answers.value[0]?.[0] ?? '', tuned: answers.value[1]?.[0] ?? '' });
  } finally {
    lease.value.release();
  }
}

export function runNotFound(id: string) {
  return {
    code: 'run.notFound',
    title: 'There is no such run.',
    cause: `No run has the id ${id}.`,
    remedy: 'List the runs to see their ids.',
  };
}
