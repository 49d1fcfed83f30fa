/** Messages in the form in which Hugging Face hands them to chat templates. */
import type { Conversation, JsonValue, Message, ToolCall } from '../../../src-shared/domain/conversation.ts';

/** What a template expects where its makers differ; found once by trying (`probeTemplate`). */
export interface TemplateForm {
  /** `parts`: content is a list `[{type: 'text', text}]`. */
  readonly content: 'string' | 'parts';
  /** Most templates print arguments as JSON themselves; some add them to a string as they are. */
  readonly arguments: 'object' | 'string';
  /** What a message with tool calls and no content holds. */
  readonly noContent: null | '';
  /** What stands for no tools: null, as Hugging Face gives it, or an empty list for templates that go through it. */
  readonly noTools: null | readonly [];
  /** The key under which the template looks for reasoning. */
  readonly reasoningKey: 'reasoning_content' | 'thinking' | 'reasoning';
}

export const USUAL_FORM: TemplateForm = {
  content: 'string',
  arguments: 'object',
  noContent: null,
  noTools: null,
  reasoningKey: 'reasoning_content',
};

/** A kind of text that comes from the row and may be marked in a render; `answer` is an assistant's content. */
export type PartKind = 'content' | 'answer' | 'reasoning' | 'arguments' | 'name' | 'tools' | 'documents';

/** Gives a part's text back with marks in it; `owner` is the message's index, or -1 for tools and documents. */
export type MarkPart = (text: string, kind: PartKind, owner: number) => string;

export const markNothing: MarkPart = text => text;

type Json = Record<string, unknown>;

/** One message; keys that it does not have are left out, as in the data that Hugging Face reads. */
export function wireMessage(message: Message, owner: number, form: TemplateForm, mark: MarkPart): Json {
  const wire: Json = { role: message.role, content: wireContent(message, owner, form, mark) };
  if (message.reasoning !== undefined) wire[form.reasoningKey] = mark(message.reasoning, 'reasoning', owner);
  if (message.toolCalls && message.toolCalls.length > 0) {
    wire['tool_calls'] = message.toolCalls.map(call => wireToolCall(call, owner, form, mark));
  }
  if (message.toolCallId !== undefined) wire['tool_call_id'] = message.toolCallId;
  if (message.name !== undefined) wire['name'] = message.name;
  return wire;
}

/** Everything of a conversation that a template may read besides its messages. */
export function wireExtras(
  conversation: Omit<Conversation, 'messages'>,
  form: TemplateForm,
  mark: MarkPart,
): Json {
  const { tools, documents, variables } = conversation;
  return {
    ...variables,
    tools:
      tools && tools.length > 0
        ? tools.map(tool => mapStrings(tool, text => mark(text, 'tools', -1)))
        : form.noTools,
    documents:
      documents && documents.length > 0
        ? documents.map(document => mapStrings(document, text => mark(text, 'documents', -1)))
        : null,
  };
}

function wireContent(message: Message, owner: number, form: TemplateForm, mark: MarkPart): unknown {
  if (message.content === null) return form.content === 'parts' ? [] : form.noContent;
  const text = mark(message.content, message.role === 'assistant' ? 'answer' : 'content', owner);
  return form.content === 'parts' ? [{ type: 'text', text }] : text;
}

function wireToolCall(call: ToolCall, owner: number, form: TemplateForm, mark: MarkPart): Json {
  const marked = mapStrings(call.arguments, text => mark(text, 'arguments', owner));
  return {
    ...(call.id === null ? {} : { id: call.id }),
    type: 'function',
    function: {
      name: mark(call.name, 'name', owner),
      arguments: form.arguments === 'string' && typeof marked !== 'string' ? pythonJson(marked) : marked,
    },
  };
}

/** The value with every string in it (values, not keys) replaced. */
function mapStrings(value: JsonValue, change: (text: string) => string): JsonValue {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map(entry => mapStrings(entry, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value as { [key: string]: JsonValue }).map(([key, entry]) => [
      key,
      mapStrings(entry, change),
    ]),
  );
}

/** JSON spaced as Python's `json.dumps` and the `tojson` filter write it. */
function pythonJson(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value as { [key: string]: JsonValue });
  return `{${entries.map(([key, entry]) => `${JSON.stringify(key)}: ${pythonJson(entry)}`).join(', ')}}`;
}
