import { describe, expect, it } from 'vitest';
import type { Message } from '../../../src-shared/domain/conversation.ts';
import { encodeModelfile } from './encode-modelfile.ts';
import { learnTurns, type RenderMessages } from './learn-turns.ts';

const chatml: RenderMessages = (messages, prompt) =>
  messages.map(({ role, content }) => `<|im_start|>${role}\n${content}<|im_end|>\n`).join('') +
  (prompt ? '<|im_start|>assistant\n' : '');

/** As Qwen's: a default system message where there is none. */
const withDefault: RenderMessages = (messages, prompt) =>
  chatml(
    messages[0]?.role === 'system' ? messages : [{ role: 'system', content: 'Default.' }, ...messages],
    prompt,
  );

const content = { modelFile: 'm.gguf', stopTexts: ['<|im_end|>'], systemPrompt: null };

describe('a template as turns', () => {
  it('has a text before and behind each role, and what the answer goes on from', () => {
    expect(learnTurns(chatml, '')).toEqual({
      withoutSystem: '',
      system: { before: '<|im_start|>system\n', after: '<|im_end|>\n' },
      user: { before: '<|im_start|>user\n', after: '<|im_end|>\n' },
      assistant: { before: '<|im_start|>assistant\n', after: '<|im_end|>\n' },
      header: '<|im_start|>assistant\n',
    });
  });

  it('has what stands for a system message that is not there, and no BOS', () => {
    const turns = learnTurns((messages, prompt) => `<s>${withDefault(messages, prompt)}`, '<s>');
    expect(turns?.withoutSystem).toBe('<|im_start|>system\nDefault.<|im_end|>\n');
    expect(turns?.system.before).toBe('<|im_start|>system\n');
  });

  it('is learned from questions alone where the system message stands in the first user turn', () => {
    const inst: RenderMessages = messages => {
      const led = messages[0]?.role === 'system' ? `${messages[0].content}\n\n` : '';
      return messages
        .filter(({ role }) => role !== 'system')
        .map(({ role, content }, i) =>
          role === 'user' ? `[INST] ${i === 0 ? led : ''}${content} [/INST]` : ` ${content}</s>`,
        )
        .join('');
    };
    const turns = learnTurns(inst, '');
    expect(turns).toEqual({
      withoutSystem: '',
      system: { before: '[INST] ', after: '' },
      user: { before: '[INST] ', after: '' },
      userAfterSystem: '\n\n',
      assistant: { before: ' [/INST] ', after: '</s>' },
      header: ' [/INST]',
    });
    expect(encodeModelfile({ ...content, turns }).text).toContain(
      '{{ else if eq .Role "user" }}{{ if and $.System (eq $i 1) }}\n\n{{ else }}[INST] {{ end }}{{ .Content }}',
    );
  });

  it('is none where messages depend on others or on the place, are changed, or are refused', () => {
    const dependent =
      (change: (message: Message, i: number, count: number) => string): RenderMessages =>
      (messages, prompt) =>
        messages.map((message, i) => `[${message.role}]${change(message, i, messages.length)}\n`).join('') +
        (prompt ? '[assistant]' : '');
    expect(
      learnTurns(
        dependent(({ content: text }) => text ?? ''),
        '',
      ),
    ).not.toBeNull();
    expect(
      learnTurns(
        dependent(({ content: text }, i) => `${i}${text}`),
        '',
      ),
    ).toBeNull();
    expect(
      learnTurns(
        dependent(({ content: text }, i, count) => (i < count - 3 ? '' : (text ?? ''))),
        '',
      ),
    ).toBeNull();
    expect(
      learnTurns(
        dependent(({ content: text }) => (text ?? '').replace('<', '&lt;')),
        '',
      ),
    ).toBeNull();
    expect(
      learnTurns(messages => (messages[0]?.role === 'system' ? null : chatml(messages, false)), ''),
    ).toBeNull();
  });
});

describe('a Modelfile', () => {
  it('is the one that Ollama’s documentation describes', () => {
    const { text, templateReason } = encodeModelfile({
      ...content,
      turns: learnTurns(withDefault, ''),
      systemPrompt: 'Be brief.',
    });
    expect(templateReason).toBeNull();
    expect(text).toBe(
      [
        'FROM ./m.gguf',
        '# Of system, user and assistant messages; tools are not part of it.',
        'TEMPLATE """{{ if not .System }}<|im_start|>system',
        'Default.<|im_end|>',
        '{{ end }}{{ range .Messages }}{{ if eq .Role "system" }}<|im_start|>system',
        '{{ .Content }}<|im_end|>',
        '{{ else if eq .Role "user" }}<|im_start|>user',
        '{{ .Content }}<|im_end|>',
        '{{ else if eq .Role "assistant" }}<|im_start|>assistant',
        '{{ .Content }}<|im_end|>',
        '{{ end }}{{ end }}<|im_start|>assistant',
        '"""',
        'SYSTEM """Be brief."""',
        'PARAMETER stop "<|im_end|>"',
        '',
      ].join('\n'),
    );
  });

  it('says why where it has no template', () => {
    expect(encodeModelfile({ ...content, turns: null })).toMatchObject({
      templateReason: expect.stringContaining('more than'),
      text: expect.not.stringContaining('\nTEMPLATE'),
    });
    const turns = learnTurns(
      (messages, prompt) => (chatml(messages, prompt) ?? '').replaceAll('<|', '{{'),
      '',
    );
    expect(encodeModelfile({ ...content, turns }).templateReason).toContain('{{');
  });
});
