/**
 * Every chat template of the llama.cpp source: a three-turn conversation with a tool call, unicode and
 * white space at the edges. The answers and their ends are trained and nothing else, or it is said why not.
 */
import { readdirSync, readFileSync } from 'node:fs';
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
import type { Conversation, Message } from '../src-shared/domain/conversation.ts';
import { llamaModels, nativeDirectory } from './labelling.ts';

/** The tokens with which the models of these templates stop. */
const ENDS = [
  ...['<|im_end|>', '<|eot_id|>', '<|eom_id|>', '</s>', '<end_of_turn>', '<turn|>', '<|end|>', '<|return|>'],
  ...[
    '<|call|>',
    '<|calls|>',
    '<|END_OF_TURN_TOKEN|>',
    '<｜end▁of▁sentence｜>',
    '<|end_of_text|>',
    '<|endoftext|>',
  ],
  ...['<|user|>', '<|observation|>', '<seed:eos>', '[e~[', '<|eot|>', '<|assistant_end|>', '<SPECIAL_12>'],
  ...[
    '<sep>',
    '<|message_sep|>',
    '<end_of_sentence>',
    '<|end_of_msg|>',
    '<|tool_response>',
    '<｜hy_eos:opensource｜>',
  ],
];
const CONTEXT = { bos_token: '<s>', eos_token: '</s>' };
const NOW = Date.UTC(2026, 0, 2) / 1000;

const TOOLS = [
  {
    type: 'function',
    function: {
      name: 'look_up',
      description: 'Finds a word.',
      parameters: { type: 'object', properties: { word: { type: 'string', description: 'The word.' } } },
    },
  },
];
const CALL: readonly Message[] = [
  {
    role: 'assistant',
    content: null,
    toolCalls: [{ id: 'call00001', name: 'look_up', arguments: { word: 'sunrise-ß' } }],
  },
  { role: 'tool', content: 'FOUND', name: 'look_up', toolCallId: 'call00001' },
];
const QUESTION: Message = { role: 'user', content: '  Was heißt “sunrise”? 🌅\n' };
const TURNS: readonly Message[] = [
  { role: 'assistant', content: '  Sonnenaufgang, 日の出.\n' },
  { role: 'user', content: 'Danke' },
  { role: 'assistant', content: 'Bitte!\n\n' },
  { role: 'user', content: 'Noch eins?' },
  { role: 'assistant', content: '\n Gern 👍🏽' },
];
const WITH_CALL: Conversation = { messages: [QUESTION, ...CALL, ...TURNS], tools: TOOLS };
const WITHOUT_CALL: Conversation = { messages: [QUESTION, ...TURNS] };

/** The template drops the call without a word: its turn is an end alone, and the row says `labels.contentLost`. */
const DROPS_CALLS = [
  ...['HuggingFaceTB-SmolLM3-3B', 'LFM2-8B-A1B', 'LFM2.5-Instruct', 'ibm-granite-granite-3.3-2B-Instruct'],
  ...['llama-cpp-rwkv-world', 'microsoft-Phi-3.5-mini-instruct'],
];
/** The template refuses tool messages, with its own words. */
const REFUSES_CALLS = ['google-gemma-2-2b-it'];
/** The template prints no end of generation behind a call. */
const NO_END_BEHIND_CALLS = [
  ...['Apertus-8B-Instruct', 'CohereForAI-c4ai-command-r-plus-tool_use', 'llama-cpp-rwkv-world'],
  ...['deepseek-ai-DeepSeek-R1-Distill-Llama-8B'],
];
/** The template prints no end of generation behind the last message, or behind none. */
const NO_LAST_END = [
  ...['Apertus-8B-Instruct', 'Apriel-1.6-15b-Thinker-fixed', 'GLM-4.6', 'GLM-4.7-Flash', 'tencent-Hy3'],
];
const NO_END = ['llama-cpp-rwkv-world'];
/**
 * What stands between the generation prompt and the answer, or the answer and its end: these models
 * have to write it themselves, so that it is trained.
 */
const WRITTEN_BY_THE_MODEL: Readonly<Record<string, RegExp>> = {
  Cohere2MoE: /^<\|END_TEXT\|>$/,
  'CohereForAI-c4ai-command-r7b-12-2024-tool_use': /^<\|END_RESPONSE\|>$/,
  'GLM-4.6': /^<think><\/think>$/,
  'Kimi-K2-Thinking': /^<think><\/think>$/,
  'Kimi-K3':
    /^<\|close\|>think<\|sep\|><\|open\|>response<\|sep\|><\|close\|>response<\|sep\|><\|close\|>message<\|sep\|>$/,
  'MiniMax-M3': /^<\/mm:think>$/,
  'Qwen-Qwen3-0.6B': /^(<think>\n\n<\/think>)?$/,
  'Qwen3.5-4B': /^(<\/think>)?$/,
  'StepFun3.5-Flash': /^(<\/think>)?$/,
  'meetkai-functionary-medium-v3.2': /^all$/,
  'muse-glimmer': /^to=user<\|message\|>$/,
  'openai-gpt-oss-120b': /^<\|channel\|>final<\|message\|>$/,
  'upstage-Solar-Open-100B': /^<\|content\|>$/,
};
/** Generation tags are the spans, exactly: these enclose the role as well, which is found and said. */
const TAGS_AROUND_ROLE = ['poolside-Laguna-S-2.1', 'poolside-Laguna-XS-2.1', 'poolside-Laguna-XS.2'];

const templates = llamaModels
  ? readdirSync(join(llamaModels, 'templates'))
      .filter(file => file.endsWith('.jinja'))
      .map(file => file.slice(0, -'.jinja'.length))
  : [];

function open(name: string) {
  const source = readFileSync(join(llamaModels ?? '', 'templates', `${name}.jinja`), 'utf8');
  return probeTemplate(orThrow(compileTemplate(orThrow(loadAddon(nativeDirectory)), source, NOW)), CONTEXT);
}

function render(name: string, conversation: Conversation): Outcome<RenderedConversation> {
  return renderConversation(open(name), CONTEXT, conversation, { endTexts: ENDS, isTrained: () => true });
}

const trainedTexts = ({ text, spans }: RenderedConversation) =>
  spans.map(({ start, end }) => text.slice(start, end));

const endsWell = (turn: string) => ENDS.some(end => turn.trimEnd().endsWith(end));

/** The span without its answer, its end and white space: what else is trained. */
function elseTrained(turn: string, answer: string): string {
  const at = turn.indexOf(answer);
  if (at < 0) return `not the answer: ${turn}`;
  const end = ENDS.find(one => turn.trimEnd().endsWith(one)) ?? '';
  const behind = turn.slice(at + answer.length).trimEnd();
  return turn.slice(0, at).trim() + behind.slice(0, behind.length - end.length).trim();
}

describe('the chat templates of llama.cpp', () => {
  it.each(templates.filter(name => !TAGS_AROUND_ROLE.includes(name)))('%s trains answers and ends', name => {
    const rendered = orThrow(render(name, REFUSES_CALLS.includes(name) ? WITHOUT_CALL : WITH_CALL));
    const turns = trainedTexts(rendered);
    const answers = turns.slice(-3);
    ['Sonnenaufgang, 日の出.', 'Bitte!', 'Gern 👍🏽'].forEach((answer, i) => {
      const turn = answers[i] ?? '';
      expect(elseTrained(turn, answer)).toMatch(WRITTEN_BY_THE_MODEL[name] ?? /^$/);
      const isEnded = !NO_END.includes(name) && !(i === 2 && NO_LAST_END.includes(name));
      expect([turn, endsWell(turn)]).toEqual([turn, isEnded]);
    });
    expect(turns.join('')).not.toMatch(/Danke|Noch eins|Was heißt|FOUND/);
  });

  it.each(templates.filter(name => !REFUSES_CALLS.includes(name)))(
    '%s trains the call, not its result',
    name => {
      const rendered = orThrow(render(name, WITH_CALL));
      const [call = ''] = trainedTexts(rendered);
      expect(rendered.spans).toHaveLength(4);
      expect(call.includes('look_up') && call.includes('sunrise-')).toBe(!DROPS_CALLS.includes(name));
      expect(rendered.lostMessage !== null).toBe(DROPS_CALLS.includes(name));
      if (!TAGS_AROUND_ROLE.includes(name)) {
        expect([call, endsWell(call)]).toEqual([call, !NO_END_BEHIND_CALLS.includes(name)]);
      }
    },
  );

  it.skipIf(templates.length === 0)(
    'are read alike with and without knowing that a prompt is constant',
    () => {
      const constant = templates.map(open).filter(template => template.promptIsConstant);
      expect(constant.length).toBeGreaterThan(5);
      for (const template of constant) {
        for (const conversation of [
          WITH_CALL,
          WITHOUT_CALL,
          { ...WITH_CALL, messages: [...CALL, ...TURNS] },
        ]) {
          const spans = [true, false].map(promptIsConstant =>
            renderConversation({ ...template, promptIsConstant }, CONTEXT, conversation, {
              endTexts: ENDS,
              isTrained: () => true,
            }),
          );
          expect(spans[0]).toEqual(spans[1]);
        }
      }
    },
  );

  it.skipIf(templates.length === 0).each(REFUSES_CALLS)('%s refuses tool messages in its own words', name => {
    expect(render(name, WITH_CALL)).toMatchObject({ ok: false, error: { code: 'template.refused' } });
  });
});
