/** The bundled demo: its recipe, its held-out conversations, and how well an adapter answers them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type Outcome, ok } from '../../src-shared/contract/coded-error.ts';
import type { DemoInfo } from '../../src-shared/contract/procedures.ts';
import type { Message } from '../../src-shared/domain/conversation.ts';
import type { DemoScore } from '../../src-shared/domain/training.ts';
import type { Recipe } from '../../src-shared/recipe/schema.ts';
import { answerPrompts, GREEDY } from './answer-prompts.ts';
import type { BackendParts } from './backend-parts.ts';
import { compareForResume, withDateOf } from './compare-for-resume.ts';
import type { WorkOptions } from './ports.ts';
import type { LaunchOptions } from './supervise-run.ts';

export interface HeldOut {
  /** Everything before the answer. */
  readonly prompt: readonly Message[];
  readonly expected: string;
}

export interface DemoComparison {
  readonly score: DemoScore;
  readonly answers: readonly { prompt: string; expected: string; base: string; tuned: string }[];
}

/** What the demo teaches, and to which model; the README of its folder says how it was made. */
const aboutSchema = z.object({ task: z.string(), modelName: z.string() });

const conversationSchema = z.object({
  messages: z.array(z.object({ role: z.enum(['system', 'user', 'assistant']), content: z.string() })).min(2),
});

export function loadDemoRecipe(parts: BackendParts): Outcome<Recipe> {
  return parts.loadRecipe(join(parts.demoDirectory, 'demo.luthier.yaml'));
}

/** Throws where the bundled files are missing or damaged: that is a broken installation. */
export function heldOutConversations(parts: BackendParts): HeldOut[] {
  return readConversations(join(parts.demoDirectory, 'heldout.jsonl')).map(({ messages }) => ({
    prompt: messages.slice(0, -1),
    expected: messages.at(-1)?.content ?? '',
  }));
}

export function describeDemo(parts: BackendParts): Outcome<DemoInfo> {
  const recipe = loadDemoRecipe(parts);
  if (!recipe.ok) return recipe;
  return ok({
    name: recipe.value.name,
    ...aboutSchema.parse(JSON.parse(readFileSync(join(parts.demoDirectory, 'about.json'), 'utf8'))),
    conversations: readConversations(join(parts.demoDirectory, 'train.jsonl')).length,
    heldOut: heldOutConversations(parts).map(({ prompt, expected }) => ({
      prompt: prompt.at(-1)?.content ?? '',
      expected,
    })),
  });
}

/** Fresh greedy answers of base and tuned model to every held-out prompt, compared word for word. */
export async function compareOnHeldOut(
  parts: BackendParts,
  recipe: Recipe,
  adapterPath: string,
  work: WorkOptions,
): Promise<Outcome<DemoComparison>> {
  const heldOut = heldOutConversations(parts);
  const prompts = heldOut.map(({ prompt }) => prompt);
  const answers = await answerPrompts(parts, recipe, [null, adapterPath], prompts, GREEDY, work);
  if (!answers.ok) return answers;
  const [base = [], tuned = []] = answers.value;
  const shareOf = (given: readonly string[]) =>
    heldOut.filter(({ expected }, i) => given[i]?.trim() === expected.trim()).length / heldOut.length;
  return ok({
    score: { heldOut: heldOut.length, baseExactMatch: shareOf(base), tunedExactMatch: shareOf(tuned) },
    answers: heldOut.map(({ prompt, expected }, i) => ({
      prompt: prompt.at(-1)?.content ?? '',
      expected,
      base: base[i] ?? '',
      tuned: tuned[i] ?? '',
    })),
  });
}

export function scoredOnHeldOut(parts: BackendParts, recipe: Recipe): Pick<LaunchOptions, 'score'> {
  return {
    score: async (adapterPath, signal) => {
      const compared = await compareOnHeldOut(parts, recipe, adapterPath, { signal });
      return compared.ok ? ok(compared.value.score) : compared;
    },
  };
}

/** Nothing for a recipe that is not the demo's. `recipe` is the one of a run, with its date. */
export function scoredIfDemo(parts: BackendParts, recipe: Recipe): Pick<LaunchOptions, 'score'> {
  const demo = loadDemoRecipe(parts);
  const isDemo =
    demo.ok &&
    demo.value.model.path === recipe.model.path &&
    String(demo.value.dataset.path) === String(recipe.dataset.path) &&
    compareForResume(withDateOf(recipe, demo.value), recipe).length === 0;
  return isDemo ? scoredOnHeldOut(parts, recipe) : {};
}

function readConversations(path: string): z.infer<typeof conversationSchema>[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter(line => line.trim() !== '')
    .map(line => conversationSchema.parse(JSON.parse(line)));
}
