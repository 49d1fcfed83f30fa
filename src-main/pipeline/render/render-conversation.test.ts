import { describe, expect, it } from 'vitest';
import { fail, type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { Message } from '../../../src-shared/domain/conversation.ts';
import type { ChatTemplate } from './chat-template.ts';
import { renderConversation } from './render-conversation.ts';
import { USUAL_FORM } from './wire-messages.ts';

interface Context {
  readonly messages: readonly Message[];
  readonly add_generation_prompt: boolean;
}

/** A template written as a function: what is tested here is the finding of spans, not the engine. */
function templateOf(render: (context: Context) => string): ChatTemplate {
  return {
    source: '',
    renderMarked: null,
    form: USUAL_FORM,
    header: '',
    promptIsConstant: false,
    render: json => ok(render(JSON.parse(json) as Context)),
  };
}

const chatml = templateOf(
  ({ messages, add_generation_prompt }) =>
    messages.map(m => `<s>${m.role}\n${(m.content ?? '').trim()}<e>\n`).join('') +
    (add_generation_prompt ? '<s>assistant\n' : ''),
);

const conversation: { messages: Message[] } = {
  messages: [
    { role: 'user', content: 'hi' },
    { role: 'assistant', content: ' yo ' },
    { role: 'user', content: 'yo' },
    { role: 'assistant', content: 'yo' },
  ],
};

const options = { endTexts: ['<e>'], isTrained: () => true };

function trainedTexts(template: ChatTemplate, messages: readonly Message[]): Outcome<string[]> {
  const rendered = renderConversation(template, {}, { messages }, options);
  if (!rendered.ok) return rendered;
  return ok(rendered.value.spans.map(({ start, end }) => rendered.value.text.slice(start, end)));
}

describe('renderConversation without generation tags', () => {
  it('trains each answer with its end token, without header and white space behind', () => {
    expect(trainedTexts(chatml, conversation.messages)).toEqual(ok(['yo<e>', 'yo<e>']));
  });

  it('starts at the end of the generation prompt: an empty think block is part of the turn', () => {
    const thinking = templateOf(
      ({ messages, add_generation_prompt }) =>
        messages
          .map(m => `<s>${m.role}\n${m.role === 'assistant' ? '<think></think>' : ''}${m.content}<e>\n`)
          .join('') + (add_generation_prompt ? '<s>assistant\n' : ''),
    );
    expect(trainedTexts(thinking, conversation.messages.slice(0, 2))).toEqual(ok(['<think></think> yo <e>']));
  });

  it('is the content, its leading space included, where the template has neither generation prompt nor end token', () => {
    const bare = templateOf(({ messages }) => messages.map(m => `${m.role}: ${m.content}\n`).join(''));
    expect(trainedTexts(bare, conversation.messages)).toEqual(ok([' yo', 'yo']));
  });

  it('refuses a template that rewrites content instead of guessing', () => {
    const shouting = templateOf(({ messages }) =>
      messages.map(m => `${(m.content ?? '').length}${m.content}`).join(''),
    );
    const rendered = renderConversation(shouting, {}, conversation, options);
    expect(rendered).toMatchObject({ ok: false, error: { code: 'spans.unproven' } });
  });

  it('refuses a template that leaves a message out', () => {
    const last = templateOf(({ messages }) => messages.at(-1)?.content ?? '');
    expect(renderConversation(last, {}, conversation, options)).toMatchObject({ ok: false });
  });

  it("passes on the template's own refusal", () => {
    const refusal = fail({ code: 'template.refused', title: '', cause: 'roles must alternate', remedy: '' });
    const refusing: ChatTemplate = { ...chatml, render: () => refusal };
    expect(renderConversation(refusing, {}, conversation, options)).toEqual(refusal);
  });
});
