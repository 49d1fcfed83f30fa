/** Prompts → the ids that training would put in front of the answer: same template, same tokens. */
import { fail, type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { Message } from '../../../src-shared/domain/conversation.ts';
import type { LabelOptions } from '../../pipeline/label-row.ts';
import { renderPrompt } from '../../pipeline/render/render-conversation.ts';
import { tokenizeRendered } from '../../pipeline/tokenize/tokenize-rendered.ts';
import type { JobContext } from '../child-channel.ts';
import type { EncodeJob, EncodeResult } from '../protocol.ts';
import { openLabeller } from './open-labeller.ts';

export async function encodePrompts(job: EncodeJob, context: JobContext): Promise<Outcome<EncodeResult>> {
  const opened = await openLabeller(job.recipe, 'messages', context.nativeDirectory, job.now);
  if (!opened.ok) return opened;
  const { options } = opened.value;
  try {
    const prompts: number[][] = [];
    for (const messages of job.prompts) {
      const encoded = encodePrompt(options, messages);
      if (!encoded.ok) return encoded;
      prompts.push([...encoded.value.inputIds]);
    }
    return ok({ prompts, stopIds: [...options.tokenizer.endOfGenerationIds] });
  } finally {
    opened.value.dispose();
  }
}

/** Text and ids of one conversation up to where the answer begins. Errors: `template.missing`, the template's. */
export function encodePrompt(
  options: LabelOptions,
  messages: readonly Message[],
): Outcome<{ readonly text: string; readonly inputIds: ArrayLike<number> & Iterable<number> }> {
  if (!options.template) return fail(noTemplate());
  const prompt = renderPrompt(options.template, options.context, { messages });
  if (!prompt.ok) return prompt;
  const { text, contentSpans } = prompt.value;
  const tokens = tokenizeRendered(options.tokenizer, text, contentSpans, options.parseSpecialInContent);
  return tokens.ok ? ok({ text, inputIds: tokens.value.inputIds }) : tokens;
}

function noTemplate() {
  return {
    code: 'template.missing',
    title: 'There is no chat template.',
    cause: 'A prompt needs one to become tokens.',
    remedy: 'Choose a template.',
  };
}
