/** Prompts → the ids that training would put in front of the answer: same template, same tokens. */
import { fail, type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
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
      if (!options.template) return fail(noTemplate());
      const prompt = renderPrompt(options.template, options.context, { messages });
      if (!prompt.ok) return prompt;
      const { text, contentSpans } = prompt.value;
      const tokens = tokenizeRendered(options.tokenizer, text, contentSpans, options.parseSpecialInContent);
      if (!tokens.ok) return tokens;
      prompts.push([...tokens.value.inputIds]);
    }
    return ok({ prompts, stopIds: [...options.tokenizer.endOfGenerationIds] });
  } finally {
    opened.value.dispose();
  }
}

function noTemplate() {
  return {
    code: 'template.missing',
    title: 'There is no chat template.',
    cause: 'A prompt needs one to become tokens.',
    remedy: 'Choose a template.',
  };
}
