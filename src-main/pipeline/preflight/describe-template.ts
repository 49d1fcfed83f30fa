/** What a chat template is to this vocabulary and to the model's own template, found by trying it on short chats. */
import type { Conversation } from '../../../src-shared/domain/conversation.ts';
import type { Tokenizer } from '../ports.ts';
import { type ChatTemplate, contextJson, type TemplateContext } from '../render/chat-template.ts';

export interface TemplateFacts {
  readonly hasGenerationTags: boolean;
  /** True where the recipe uses the template of the model file. */
  readonly isOwn: boolean;
  /** Null where the model file has none, or this is it. */
  readonly differsFromOwn: boolean | null;
  /** Texts such as `<|im_start|>` that the template prints and that are not one token of this vocabulary. */
  readonly brokenTokens: readonly string[];
  /** Special tokens of this vocabulary that it prints. */
  readonly ownTokens: number;
  /** The special token behind an answer, where generation does not end at it. */
  readonly unknownEnd: string | null;
}

/** `own`: the template of the model file, where it has one and it is another one. */
export function describeTemplate(
  template: ChatTemplate,
  own: ChatTemplate | null,
  isOwn: boolean,
  context: TemplateContext,
  tokenizer: Tokenizer,
): TemplateFacts {
  const shown = PROBES.map(probe => render(template, context, probe));
  const texts = shown.filter(text => text !== null);
  const printed = new Set(texts.flatMap(text => text.match(CONTROL_TOKEN) ?? []));
  const isOneToken = (text: string) => tokenizer.tokenize(text, { parseSpecial: true }).length === 1;
  const broken = [...printed].filter(text => !isOneToken(text));
  return {
    hasGenerationTags: template.renderMarked !== null,
    isOwn,
    differsFromOwn:
      isOwn || !own ? null : PROBES.some((probe, i) => render(own, context, probe) !== shown[i]),
    brokenTokens: broken,
    ownTokens: printed.size - broken.length,
    unknownEnd: endBehindAnswer(texts, tokenizer),
  };
}

const SYSTEM = { role: 'system', content: 'abcd' } as const;
const QUESTION = { role: 'user', content: 'efgh' } as const;
const ANSWER = { role: 'assistant', content: 'ijkl' } as const;
const PROBES: readonly { readonly conversation: Conversation; readonly prompt: boolean }[] = [
  { conversation: { messages: [QUESTION, ANSWER, QUESTION, ANSWER] }, prompt: false },
  { conversation: { messages: [QUESTION] }, prompt: true },
  { conversation: { messages: [SYSTEM, QUESTION, ANSWER] }, prompt: false },
];

/** What looks like a token for models alone: not `[INST]` or `<think>`, which older models read as plain text. */
const CONTROL_TOKEN =
  /<\|[^|<>\s]{1,40}\|>|<\/?s>|<｜[^｜<>\s]{1,40}｜>|<(?:start|end)_of_\w{1,20}>|<\|[a-z_]{1,20}>|<[a-z_]{1,20}\|>/g;

function render(
  template: ChatTemplate,
  context: TemplateContext,
  { conversation, prompt }: (typeof PROBES)[number],
): string | null {
  const text = template.render(contextJson(template, context, conversation, prompt));
  return text.ok ? text.value : null;
}

/** The first special token behind an answer, unless it or another one before the next text ends generation. */
function endBehindAnswer(
  texts: readonly string[],
  { specialTokens, endOfGenerationIds }: Tokenizer,
): string | null {
  for (const text of texts) {
    const at = text.lastIndexOf(ANSWER.content);
    if (at < 0) continue;
    const rest = text.slice(at + ANSWER.content.length);
    const found = specialTokens
      .filter(token => token.text !== '' && rest.includes(token.text))
      .sort((a, b) => rest.indexOf(a.text) - rest.indexOf(b.text) || b.text.length - a.text.length);
    if (found.some(token => endOfGenerationIds.has(token.id))) return null;
    if (found[0]) return found[0].text;
  }
  return null;
}
