/** The columns beside the messages: system prompt, tools, documents, template variables, media. */
import type { Conversation, JsonValue, Message } from '../../../src-shared/domain/conversation.ts';
import { arrangeSystem } from './arrange-system.ts';
import type { Columns } from './column-names.ts';
import type { ImportOptions } from './import-options.ts';
import { isAbsent, isObject, type JsonObject, unwrapJson } from './json-shapes.ts';
import { readContent } from './read-content.ts';
import { readTools } from './read-tool-calls.ts';

export interface RowExtras {
  readonly system: string | null;
  readonly rest: Omit<Conversation, 'messages'>;
  /** The row names images, sound or video; they are not opened. */
  readonly mediaIgnored: boolean;
}

/** The extras, or a sentence about the column that cannot be read. */
export function readExtras(row: JsonObject, columns: Columns): RowExtras | string {
  const system = systemText(cell(row, columns.system));
  if (system === undefined) return `The column \`${columns.system}\` holds no text.`;
  const tools = readTools(cell(row, columns.tools));
  if (typeof tools === 'string') return `The column \`${columns.tools}\` ${tools}`;
  const documents = unwrapJson(cell(row, columns.documents));
  if (!isAbsent(documents) && !Array.isArray(documents))
    return `The column \`${columns.documents}\` holds no JSON list of documents.`;
  const variables = unwrapJson(cell(row, columns.variables));
  if (!isAbsent(variables) && !isObject(variables))
    return `The column \`${columns.variables}\` holds no JSON object.`;
  return {
    system,
    rest: {
      ...(tools ? { tools } : {}),
      ...(isAbsent(documents) ? {} : { documents: documents as readonly JsonValue[] }),
      ...(isAbsent(variables) ? {} : { variables: variables as JsonObject }),
    },
    mediaIgnored: !isAbsent(unwrapJson(cell(row, columns.media))),
  };
}

/** Text, or parts of text as some services write them; null for none, undefined for anything else. */
function systemText(value: JsonValue | undefined): string | null | undefined {
  if (isAbsent(value)) return null;
  const read = readContent(isObject(value) ? (value['parts'] ?? value['content']) : value);
  return typeof read === 'string' ? undefined : read.text;
}

export function buildConversation(
  messages: readonly Message[],
  extras: RowExtras,
  options: ImportOptions,
): Conversation {
  const shown = extras.mediaIgnored ? messages.map(withoutMediaMarks) : messages;
  return { messages: arrangeSystem(shown, extras.system, options), ...extras.rest };
}

/** `<image>look` → `look`: where the images of a row are left out, so are the marks that stand for them. */
function withoutMediaMarks(message: Message): Message {
  if (message.content === null) return message;
  return { ...message, content: message.content.replace(/<(image|video|audio)>/g, '') };
}

/** The value of a column; undefined where the row has none. */
export function cell(row: JsonObject, column: string | undefined): JsonValue | undefined {
  return column !== undefined && Object.hasOwn(row, column) ? row[column] : undefined;
}
