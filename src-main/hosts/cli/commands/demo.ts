/** `luthier demo`: trains the bundled demo, then answers its held-out prompts with base and tuned model. */
import { ok, orThrow } from '../../../../src-shared/contract/coded-error.ts';
import { compareOnHeldOut, type DemoComparison, loadDemoRecipe } from '../../../backend/demo.ts';
import { launchRun } from '../../../backend/launch-run.ts';
import type { CommandContext } from '../command-context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { exitCodeOfRun, showEvent } from './train.ts';

const SHOWN_ANSWERS = 3;

export async function demoCommand(context: CommandContext): Promise<ExitCode> {
  const { output, parts, signal } = context;
  const recipe = orThrow(loadDemoRecipe(parts));
  let comparison: DemoComparison | null = null;
  const launched = orThrow(
    await launchRun(parts, recipe, {
      signal,
      onProgress: output.progress,
      onEvent: event => showEvent(output, event),
      score: async (adapterPath, stop) => {
        const compared = await compareOnHeldOut(parts, recipe, adapterPath, {
          signal: stop,
          onProgress: output.progress,
        });
        if (!compared.ok) return compared;
        comparison = compared.value;
        return ok(compared.value.score);
      },
    }),
  );
  const finished = await launched.finished;
  if (comparison !== null) output.text(comparisonAsText(comparison));
  return exitCodeOfRun(finished, signal);
}

function comparisonAsText({ score, answers }: DemoComparison): string {
  const percent = (share: number) => `${Math.round(share * 100)} %`;
  const examples = answers
    .slice(0, SHOWN_ANSWERS)
    .flatMap(({ prompt, expected, base, tuned }) => [
      '',
      `Prompt    ${prompt}`,
      `Expected  ${expected}`,
      `Base      ${base.trim()}`,
      `Tuned     ${tuned.trim()}`,
    ]);
  return [
    ...examples,
    '',
    `${score.heldOut} held-out prompts, answered exactly: base ${percent(score.baseExactMatch)}, tuned ${percent(score.tunedExactMatch)}.`,
  ].join('\n');
}
