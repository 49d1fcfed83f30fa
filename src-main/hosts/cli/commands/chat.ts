/** `luthier chat`: one prompt, or one a line, answered by base and tuned model. */
import { createInterface } from 'node:readline/promises';
import { orThrow } from '../../../../src-shared/contract/coded-error.ts';
import { type AnswerSampling, answerWithRun } from '../../../backend/answer-prompts.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { resolveRunId } from './runs.ts';

export async function chatCommand(
  context: CommandContext,
  run: string,
  options: {
    readonly prompt?: string;
    readonly base?: boolean;
    readonly temperature: number;
    readonly topP: number;
    readonly seed: number;
  },
): Promise<ExitCode> {
  const { parts, output, signal } = context;
  const id = resolveRunId(parts, run);
  const { temperature, topP, seed } = options;
  const answer = async (prompt: string) => {
    const sampling: AnswerSampling = { temperature, topP, seed };
    const answers = orThrow(
      await answerWithRun(parts, id, prompt, sampling, { signal, onProgress: output.progress }),
    );
    const shown = options.base ? { base: answers.base, tuned: null } : answers;
    if (output.json) await output.document(shown);
    output.text(`Base   ${answers.base}${options.base ? '' : `\nTuned  ${answers.tuned}`}`);
  };
  if (options.prompt !== undefined) {
    await answer(options.prompt);
    return EXIT.done;
  }
  const lines = createInterface({ input: process.stdin, terminal: false });
  output.text('Type a prompt and press Enter; end with Ctrl-D.');
  for await (const line of lines) {
    if (line.trim() !== '') await answer(line);
  }
  return EXIT.done;
}
