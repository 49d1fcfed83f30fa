/**
 * Spans without generation tags against spans with them: a training template of TRL is the maker's template
 * with tags around the answers, so that both must find the same answers in the same text.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadAddon } from '../src-main/adapters/native/addon.ts';
import { probeTemplate } from '../src-main/pipeline/render/chat-template.ts';
import {
  type RenderedConversation,
  renderConversation,
} from '../src-main/pipeline/render/render-conversation.ts';
import { compileTemplate } from '../src-main/processes/preparer/native-labelling.ts';
import { type Outcome, orThrow } from '../src-shared/contract/coded-error.ts';
import type { Message } from '../src-shared/domain/conversation.ts';
import { nativeDirectory } from './labelling.ts';
import { sharedData } from './luthier-process.ts';

const folder = join(sharedData, 'templates', 'trl');
const pairs = existsSync(folder)
  ? readdirSync(folder).flatMap(file => {
      const plain = file.replace('_training.jinja', '.jinja');
      return plain !== file && existsSync(join(folder, plain)) ? [[plain, file] as const] : [];
    })
  : [];

const CONTEXT = { bos_token: '<s>', eos_token: '</s>' };
const NOW = Date.UTC(2026, 0, 2) / 1000;
const ENDS = [
  ...['<|im_end|>', '<|eot_id|>', '</s>', '<end_of_turn>', '<turn|>', '<|end|>', '<|return|>', '<|call|>'],
  ...['<|END_OF_TURN_TOKEN|>', '<｜end▁of▁sentence｜>', '<|endoftext|>', '<end_of_utterance>', '<|user|>'],
];

const ask = (content: string): Message => ({ role: 'user', content });
const answer = (content: string): Message => ({ role: 'assistant', content });
const CONVERSATIONS: Readonly<Record<string, readonly Message[]>> = {
  'one turn': [ask('Where is the fox?'), answer('In the garden.')],
  'two turns': [ask('A?'), answer('Ä, 日の出.'), ask('B?'), answer('B 👍🏽')],
  'white space at the edges': [ask(' A?\n'), answer('  yes\n'), ask('B?'), answer('\n\nno ')],
};

function render(file: string, messages: readonly Message[]): Outcome<RenderedConversation> {
  const source = readFileSync(join(folder, file), 'utf8');
  const compiled = orThrow(compileTemplate(orThrow(loadAddon(nativeDirectory)), source, NOW));
  const options = { endTexts: ENDS, isTrained: () => true };
  return renderConversation(probeTemplate(compiled, CONTEXT), CONTEXT, { messages }, options);
}

/** What the makers of the training templates enclose beyond the answer and its end, and this project does not train. */
const ENCLOSED_BESIDES: Readonly<Record<string, RegExp>> = {
  'deepseekv3.jinja': /<｜Assistant｜>/g,
  'gptoss.jinja': /<\|start\|>assistant(?=<\|channel\|>)/g,
  'nemotron_3_nano.jinja': /<think><\/think>/g,
  'nemotron_3_super.jinja': /<think><\/think>/g,
  'nemotron_3_ultra.jinja': /<think><\/think>/g,
  'phi3.jinja': /<\/s>$/,
  'phi3_5.jinja': /<\/s>$/,
  'qwen2_5.jinja': /(?<=^|<\|im_end\|>)\n/g,
};
/** The training template prints another text than the maker's: an empty think block in earlier turns, or a last end. */
const PRINTS_MORE: Readonly<Record<string, RegExp>> = {
  'glm4moe.jinja': /<\|user\|>$/,
  'qwen3.jinja': /<think>\n\n<\/think>\n\n/g,
  'qwen3_5_nothink.jinja': /<think>\n\n<\/think>\n\n/g,
  'qwen3_5_think.jinja': /(<think>\n)?\n<\/think>\n\n/g,
  'qwen3_6.jinja': /(<think>\n)?\n<\/think>\n\n/g,
};

/** All trained text, without the white space that tags enclose behind the end of a turn. */
const trainedText = ({ text, spans }: RenderedConversation) =>
  spans.map(({ start, end }) => text.slice(start, end).trimEnd()).join('');

describe('spans found without tags', () => {
  describe.each(pairs)('%s', (plain, tagged) => {
    it.each(Object.entries(CONVERSATIONS))('are those of its training template: %s', (_, messages) => {
      const without = orThrow(render(plain, messages));
      const within = orThrow(render(tagged, messages));
      const besides = ENCLOSED_BESIDES[plain] ?? PRINTS_MORE[plain];
      const expected = besides ? trainedText(within).replace(besides, '') : trainedText(within);
      expect([without.method, within.method]).toEqual(['sentinels', 'tags']);
      if (!PRINTS_MORE[plain]) expect(without.text).toBe(within.text);
      expect(trainedText(without).replace(PRINTS_MORE[plain] ?? '', '')).toBe(expected);
    });
  });
});
