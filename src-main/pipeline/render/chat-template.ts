/** A chat template ready for use, and what was learned about it by trying. */
import type { Outcome } from '../../../src-shared/contract/coded-error.ts';
import type { Conversation, Message } from '../../../src-shared/domain/conversation.ts';
import type { RenderTemplate } from '../ports.ts';
import {
  type MarkPart,
  markNothing,
  type TemplateForm,
  USUAL_FORM,
  wireExtras,
  wireMessage,
} from './wire-messages.ts';

/** Compiled Jinja: plain, and (where it has generation tags) printing two given marks around each block. */
export interface CompiledTemplate {
  readonly source: string;
  readonly render: RenderTemplate;
  /** Null where the source has no generation tags. */
  readonly renderMarked: ((open: string, close: string) => Outcome<RenderTemplate>) | null;
}

export interface ChatTemplate extends CompiledTemplate {
  readonly form: TemplateForm;
  /** What the template prints for the model to go on from, without what stands before; empty where nothing. */
  readonly header: string;
  /** True where the header is the same for every conversation, as its place in the source shows. */
  readonly promptIsConstant: boolean;
}

/** Values that every render gets: bos_token, eos_token and the recipe's variables. */
export type TemplateContext = Readonly<Record<string, unknown>>;

/** The context as Hugging Face would build it; `tools` and `documents` are null where there are none. */
export function contextJson(
  template: Pick<ChatTemplate, 'form'>,
  context: TemplateContext,
  conversation: Conversation,
  addGenerationPrompt: boolean,
  mark: MarkPart = markNothing,
): string {
  const { messages, ...extras } = conversation;
  return wholeContext(
    context,
    wireExtras(extras, template.form, mark),
    messages.map((message, i) => wireMessage(message, i, template.form, mark)),
    addGenerationPrompt,
  );
}

export function wholeContext(
  context: TemplateContext,
  extras: object,
  messages: readonly unknown[],
  addGenerationPrompt: boolean,
): string {
  return JSON.stringify({ ...context, ...extras, messages, add_generation_prompt: addGenerationPrompt });
}

/**
 * Finds the form in which a template wants its messages, as llama.cpp does (`caps_get`): the usual form
 * first, another one where a text gets lost or the template fails.
 */
export function probeTemplate(compiled: CompiledTemplate, context: TemplateContext): ChatTemplate {
  const { source } = compiled;
  const renders = (form: TemplateForm, messages: readonly Message[], prompt = false): string | null => {
    const text = compiled.render(contextJson({ form }, context, { messages, ...PROBE_TOOLS }, prompt));
    return text.ok ? text.value : null;
  };
  const shows = (form: TemplateForm, messages: readonly Message[], text: string) =>
    renders(form, messages)?.includes(text) ?? false;

  let form: TemplateForm = { ...USUAL_FORM, reasoningKey: reasoningKeyOf(source) };
  if (!compiled.render(contextJson({ form }, context, { messages: QUESTION }, false)).ok) {
    const listed: TemplateForm = { ...form, noTools: [] };
    if (compiled.render(contextJson({ form: listed }, context, { messages: QUESTION }, false)).ok)
      form = listed;
  }
  const parts: TemplateForm = { ...form, content: 'parts' };
  if (!shows(form, QUESTION, 'qrst') && shows(parts, QUESTION, 'qrst')) form = parts;

  form = chooseCallForm(form, candidate => renders(candidate, CALL));
  const header = headerOf(renders(form, QUESTION), renders(form, QUESTION, true));
  return { ...compiled, form, header, promptIsConstant: header !== '' && printsConstantPrompt(source) };
}

/** One condition, at the end of the source, around one literal: what is printed there depends on nothing else. */
function printsConstantPrompt(source: string): boolean {
  return source.split('add_generation_prompt').length === 2 && CONSTANT_PROMPT.test(source);
}

const CONSTANT_PROMPT =
  /\{%-?\s*if add_generation_prompt\s*-?%\}\s*(?:\{\{-?\s*(?:'[^'{}]*'|"[^"{}]*")\s*-?\}\}|[^{}]*)\s*\{%-?\s*endif\s*-?%\}\s*$/;

/** The first form in which a call without content is shown as JSON, without a stray `None`. */
function chooseCallForm(form: TemplateForm, render: (form: TemplateForm) => string | null): TemplateForm {
  const forms = (['object', 'string'] as const).flatMap(asArguments =>
    ([null, ''] as const).map(noContent => ({ ...form, arguments: asArguments, noContent })),
  );
  const shown = forms.map((candidate, order) => ({ candidate, order, faults: faultsOf(render(candidate)) }));
  shown.sort((a, b) => a.faults - b.faults || a.order - b.order);
  return shown[0]?.candidate ?? form;
}

/** How badly a call came out: refused, not shown at all, shown as Python prints it, with a stray `None` or `null`. */
function faultsOf(text: string | null): number {
  if (text === null) return 10_000;
  const nones = text.match(NO_VALUE)?.length ?? 0;
  return (text.includes('vwxy') ? 0 : 1000) + (PYTHON_DICT.test(text) ? 500 : 0) + nones;
}

const QUESTION: readonly Message[] = [{ role: 'user', content: 'qrst' }];
const CALL: readonly Message[] = [
  { role: 'user', content: 'qrst' },
  {
    role: 'assistant',
    content: null,
    toolCalls: [{ id: 'call00001', name: 'look', arguments: { place: 'vwxy' } }],
  },
  { role: 'tool', content: 'found', name: 'look', toolCallId: 'call00001' },
];
const PROBE_TOOLS = {
  tools: [
    {
      type: 'function',
      function: {
        name: 'look',
        description: 'Looks.',
        parameters: { type: 'object', properties: { place: { type: 'string', description: 'Where.' } } },
      },
    },
  ],
};
/** A dictionary printed as Python would: the template wanted the arguments as a string. */
const PYTHON_DICT = /\{'place': ?'vwxy'\}/;
const NO_VALUE = /None|null/g;

function headerOf(bare: string | null, prompted: string | null): string {
  if (bare === null || prompted === null || !prompted.startsWith(bare)) return '';
  return prompted.slice(bare.length);
}

/** Most templates read `reasoning_content`; a few know their makers' own word alone. */
function reasoningKeyOf(source: string): TemplateForm['reasoningKey'] {
  const reads = (key: string) =>
    new RegExp(`\\.${key}\\b|\\[['"]${key}['"]\\]|['"]${key}['"] in `).test(source);
  if (reads('reasoning_content')) return 'reasoning_content';
  if (reads('thinking')) return 'thinking';
  return reads('reasoning') ? 'reasoning' : 'reasoning_content';
}
