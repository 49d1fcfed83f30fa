import { describe, expect, it } from 'vitest';
import { fail, ok } from '../../../src-shared/contract/coded-error.ts';
import type { Conversation } from '../../../src-shared/domain/conversation.ts';
import { contextJson, probeTemplate } from './chat-template.ts';
import { markNothing, USUAL_FORM, wireMessage } from './wire-messages.ts';

interface Call {
  readonly function: { readonly name: string; readonly arguments: unknown };
}
interface Context {
  readonly messages: readonly {
    readonly role: string;
    readonly content: unknown;
    readonly tool_calls?: Call[];
  }[];
  readonly tools: unknown;
  readonly add_generation_prompt: boolean;
}

/** A template written as a function; what it throws is its failure. */
function probe(render: (context: Context) => string, source = '') {
  return probeTemplate(
    {
      source,
      renderMarked: null,
      render: json => {
        try {
          return ok(render(JSON.parse(json) as Context));
        } catch (error) {
          return fail({ code: 'template.failed', title: '', cause: String(error), remedy: '' });
        }
      },
    },
    {},
  );
}

const lines = (show: (message: Context['messages'][number]) => string) => (context: Context) =>
  context.messages.map(show).join('\n') + (context.add_generation_prompt ? '\n<a>' : '');
const calls = (message: Context['messages'][number]) => JSON.stringify(message.tool_calls ?? []);

describe('probeTemplate', () => {
  it('keeps the usual form where nothing is lost, and learns the generation prompt', () => {
    const template = probe(lines(m => `${m.content ?? ''}${calls(m)}`));
    expect(template.form).toEqual(USUAL_FORM);
    expect(template.header).toBe('\n<a>');
  });

  it.each([
    ["{% if add_generation_prompt %}{{ '<a>' }}{% endif %}", true],
    ['{%- if add_generation_prompt %}\n    {{- "<a>\\n" }}\n{%- endif -%}\n', true],
    ['{% if add_generation_prompt %}<a>{% endif %}', true],
    ["{% if add_generation_prompt %}{{ '<a>' + mood }}{% endif %}", false],
    ["{% if add_generation_prompt and mood %}{{ '<a>' }}{% endif %}", false],
    ["{% if add_generation_prompt %}{{ '<a>' }}{% if mood %}<b>{% endif %}{% endif %}", false],
    ["{% if add_generation_prompt %}{{ '<a>' }}{% endif %}{{ mood }}", false],
    ['{% if add_generation_prompt %}!{% endif %}{% if add_generation_prompt %}<a>{% endif %}', false],
    ["{% if mood %}{% if add_generation_prompt %}{{ '<a>' }}{% endif %}{% endif %}", false],
  ])('knows from %s whether the prompt is always the same', (source, isConstant) => {
    expect(probe(lines(String), source).promptIsConstant).toBe(isConstant);
  });

  it('gives content as a list of parts to a template that loses strings', () => {
    const template = probe(
      lines(m =>
        Array.isArray(m.content) ? m.content.map((part: { text: string }) => part.text).join('') : '',
      ),
    );
    expect(template.form.content).toBe('parts');
  });

  it('gives arguments as a string to a template that adds them to one', () => {
    const template = probe(
      lines(m =>
        (m.tool_calls ?? [])
          .map(({ function: { arguments: value } }) => {
            if (typeof value !== 'string') throw new Error('not a string');
            return value;
          })
          .join(m.content === null ? '' : String(m.content)),
      ),
    );
    expect(template.form.arguments).toBe('string');
  });

  it('gives empty content where a template would print None', () => {
    expect(probe(lines(m => `${m.content ?? 'None'}${calls(m)}`)).form.noContent).toBe('');
  });

  it('gives an empty list of tools to a template that goes through it unasked', () => {
    const template = probe(context => {
      if (context.tools === null) throw new Error('not iterable');
      return lines(m => `${m.content ?? ''}${calls(m)}`)(context);
    });
    expect(template.form.noTools).toEqual([]);
  });

  it.each([
    ['{{ message.reasoning_content }}{{ message.thinking }}', 'reasoning_content'],
    ["{{ message['thinking'] }}", 'thinking'],
    ['{{ thinking }}', 'reasoning_content'],
    ['{{ m.reasoning }}', 'reasoning'],
  ])('%s reads reasoning as %s', (source, key) => {
    expect(probe(() => '', source).form.reasoningKey).toBe(key);
  });
});

describe('contextJson', () => {
  it("is Hugging Face's wire form; a row's variables win over the recipe's", () => {
    const conversation: Conversation = {
      messages: [
        { role: 'user', content: 'hi', name: 'Ann' },
        {
          role: 'assistant',
          content: null,
          reasoning: 'Hm.',
          toolCalls: [{ id: 'c1', name: 'f', arguments: { a: 1 } }],
        },
        { role: 'tool', content: 'r', toolCallId: 'c1' },
      ],
      tools: [{ type: 'function' }],
      variables: { enable_thinking: false },
    };
    const context = { enable_thinking: true, bos_token: '<s>' };
    expect(JSON.parse(contextJson({ form: USUAL_FORM }, context, conversation, true))).toEqual({
      enable_thinking: false,
      bos_token: '<s>',
      tools: [{ type: 'function' }],
      documents: null,
      messages: [
        { role: 'user', content: 'hi', name: 'Ann' },
        {
          role: 'assistant',
          content: null,
          reasoning_content: 'Hm.',
          tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: { a: 1 } } }],
        },
        { role: 'tool', content: 'r', tool_call_id: 'c1' },
      ],
      add_generation_prompt: true,
    });
  });

  it('spaces arguments in a string as Python does', () => {
    const form = { ...USUAL_FORM, arguments: 'string' } as const;
    const message = {
      role: 'assistant',
      content: null,
      toolCalls: [{ id: null, name: 'f', arguments: { a: [1, null], b: 'x' } }],
    } as const;
    expect(wireMessage(message, 0, form, markNothing)).toMatchObject({
      tool_calls: [{ function: { arguments: '{"a": [1, null], "b": "x"}' } }],
    });
  });
});
