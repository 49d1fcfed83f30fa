/** Presets render what their makers' templates render, and mark exactly what the model would write. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadAddon } from '../src-main/adapters/native/addon.ts';
import { contextJson, probeTemplate } from '../src-main/pipeline/render/chat-template.ts';
import { renderConversation } from '../src-main/pipeline/render/render-conversation.ts';
import { compileTemplate } from '../src-main/processes/preparer/native-labelling.ts';
import { orThrow } from '../src-shared/contract/coded-error.ts';
import type { Conversation, Message } from '../src-shared/domain/conversation.ts';
import { parseRecipe } from '../src-shared/recipe/faults.ts';
import { findPreset, PRESET_NAMES } from '../src-shared/templates/presets.ts';
import { llamaModels, nativeDirectory } from './labelling.ts';
import { sharedData } from './luthier-process.ts';

const NOW = Date.UTC(2026, 0, 2) / 1000;
const CONTEXT = { bos_token: '<s>', eos_token: '</s>' };
const llama = (file: string) => join(llamaModels ?? '', 'templates', `${file}.jinja`);
const trl = (file: string) => join(sharedData, 'templates', 'trl', `${file}.jinja`);

/** The makers' own templates, where a checkout has them. */
const MAKERS: readonly (readonly [preset: string, file: string])[] = [
  ['qwen-2.5', trl('qwen2_5')],
  ['qwen-2.5', llama('Qwen-Qwen2.5-7B-Instruct')],
  ['qwen-3', trl('qwen3')],
  ['qwen-3', llama('Qwen-Qwen3-0.6B')],
  ['llama-3', trl('llama3')],
  ['llama-3.1', llama('meta-llama-Llama-3.1-8B-Instruct')],
  ['gemma', trl('gemma')],
  ['gemma', llama('google-gemma-2-2b-it')],
  ['gemma-3', trl('gemma3')],
  ['phi-3', trl('phi3')],
  ['phi-3', llama('microsoft-Phi-3.5-mini-instruct')],
  ['mistral-nemo', llama('mistralai-Mistral-Nemo-Instruct-2407')],
  ['granite', llama('ibm-granite-granite-3.3-2B-Instruct')],
  ['deepseek-r1', llama('deepseek-ai-DeepSeek-R1-Distill-Llama-8B')],
];

const USER: Message = { role: 'user', content: ' Was ist “日の出”? 🌅\n' };
const ANSWER: Message = { role: 'assistant', content: '  Sonnenaufgang.\n' };
const THANKS: Message = { role: 'user', content: 'Danke' };
const WELCOME: Message = { role: 'assistant', content: 'Bitte!' };
const SYSTEM: Message = { role: 'system', content: 'Be brief.' };
const CONVERSATIONS: Readonly<Record<string, Conversation>> = {
  'one turn': { messages: [USER, ANSWER] },
  'two turns': { messages: [USER, ANSWER, THANKS, WELCOME] },
  'with a system message': { messages: [SYSTEM, USER, ANSWER, THANKS, WELCOME] },
  'a question alone': { messages: [SYSTEM, USER] },
  'with thinking': {
    messages: [USER, { role: 'assistant', content: '<think>\nHm.\n</think>\n\nSo.' }, THANKS, WELCOME],
  },
};
/** The maker puts words of its own where there is no system message; the preset does not. */
const NEEDS_SYSTEM = ['granite'];

function open(source: string) {
  return probeTemplate(orThrow(compileTemplate(orThrow(loadAddon(nativeDirectory)), source, NOW)), CONTEXT);
}

describe('presets', () => {
  it.each(MAKERS.filter(([, file]) => existsSync(file)))('%s renders as %s', (preset, file) => {
    const ours = open(findPreset(preset)?.source ?? '');
    const makers = open(readFileSync(file, 'utf8'));
    for (const [name, conversation] of Object.entries(CONVERSATIONS)) {
      if (NEEDS_SYSTEM.includes(preset) && conversation.messages[0]?.role !== 'system') continue;
      for (const prompt of [false, true]) {
        const theirs = makers.render(contextJson(makers, CONTEXT, conversation, prompt));
        const own = ours.render(contextJson(ours, CONTEXT, conversation, prompt));
        expect(own.ok, `${name}: refused alike`).toBe(theirs.ok);
        if (own.ok && theirs.ok) expect(own.value, name).toBe(theirs.value);
      }
    }
  });

  it.each(PRESET_NAMES)('%s marks each answer with its end, and nothing of the prompt', name => {
    const template = open(findPreset(name)?.source ?? '');
    const conversation = {
      messages: [THANKS, WELCOME, THANKS, { role: 'assistant', content: 'Gern' } as const],
    };
    const rendered = orThrow(
      renderConversation(template, CONTEXT, conversation, { endTexts: [], isTrained: () => true }),
    );
    expect(rendered.method).toBe('tags');
    const texts = rendered.spans.map(({ start, end }) => rendered.text.slice(start, end));
    expect(texts).toHaveLength(2);
    expect(texts[0]).toMatch(/^ ?Bitte! ?(<[^<>]+>)$/);
    expect(texts[1]).toMatch(/^ ?Gern ?(<[^<>]+>)$/);
  });

  it.each(PRESET_NAMES)('%s begins its turns with the generation prompt', name => {
    const template = open(findPreset(name)?.source ?? '');
    const prompt = orThrow(template.render(contextJson(template, CONTEXT, { messages: [THANKS] }, true)));
    const rendered = orThrow(
      renderConversation(
        template,
        CONTEXT,
        { messages: [THANKS, WELCOME] },
        { endTexts: [], isTrained: () => true },
      ),
    );
    const before = rendered.text.slice(0, rendered.spans[0]?.start);
    // Thinking models open their thoughts themselves, or in the prompt: an answer without any has none.
    expect([prompt, `${prompt}<think>\n\n</think>\n\n`, prompt.replace(/<think>\n$/, '')]).toContain(before);
  });

  it('says the nearest name for a slip of the pen, with the other faults of the recipe', () => {
    const parsed = parseRecipe({
      version: 1,
      model: { path: 'a.gguf' },
      dataset: { path: 'a.jsonl', limit: 0 },
      template: { source: 'preset', preset: 'lama-3' },
    });
    expect(parsed.ok ? [] : parsed.faults).toMatchObject([
      { path: 'dataset.limit' },
      { path: 'template.preset', found: '"lama-3"', nearest: 'llama-3' },
    ]);
  });
});
