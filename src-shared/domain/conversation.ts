/** What a row of a data file holds, whatever file it came from. */

export type Role = 'system' | 'developer' | 'user' | 'assistant' | 'tool';

export const ROLES = ['system', 'developer', 'user', 'assistant', 'tool'] as const satisfies readonly Role[];

export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** A call of a function, as chat templates read it; `arguments` is an object, never JSON in a string. */
export interface ToolCall {
  readonly id: string | null;
  readonly name: string;
  readonly arguments: JsonValue;
}

export interface Message {
  readonly role: Role;
  /** Null where an assistant message holds tool calls and nothing else. */
  readonly content: string | null;
  /** What the model thought before it answered (`reasoning_content`). */
  readonly reasoning?: string;
  readonly toolCalls?: readonly ToolCall[];
  /** Which call a tool message answers. */
  readonly toolCallId?: string;
  readonly name?: string;
  /** The row's own say (`train`, `weight`, `loss`): false is never trained, true only if the strategy trains it. */
  readonly trained?: boolean;
}

export interface Conversation {
  readonly messages: readonly Message[];
  /** Function descriptions as the template gets them (`tools`). */
  readonly tools?: readonly JsonValue[];
  readonly documents?: readonly JsonValue[];
  /** Template variables of this row (`chat_template_kwargs`); they win over the recipe's. */
  readonly variables?: { readonly [key: string]: JsonValue };
}

/** Where an example stands in its file: `row` counts from 0 over all rows, `line` from 1 in the file. */
export interface RowPlace {
  readonly row: number;
  readonly line: number;
}

/**
 * Something about a kept row that its owner should see; preflight counts them by id. The ids are those
 * of the checks that report them.
 */
export type Finding =
  | 'data.imageIgnored'
  | 'data.preference'
  | 'data.placeholder'
  | 'labels.noSpans'
  | 'labels.contentLost'
  | 'labels.onlyTerminator'
  | 'labels.markerMissing'
  | 'tokens.endNotTrained'
  | 'tokens.doubleBos'
  | 'tokens.headerTrained'
  | 'tokens.specialInContent';

/**
 * One row after import, or the reason why it can be nothing. Rows are never skipped: a rejected one
 * keeps its place and says why.
 */
export type Row = RowPlace & { readonly findings: readonly Finding[] } & (
    | { readonly kind: 'conversation'; readonly conversation: Conversation }
    /** Plain text pairs: no template; `completion` is trained, the end token appended. */
    | { readonly kind: 'pair'; readonly prompt: string; readonly completion: string }
    /** Message pairs: everything that the template renders behind the prompt is the completion. */
    | {
        readonly kind: 'message-pair';
        readonly prompt: Conversation;
        readonly completion: readonly Message[];
      }
    /** No template, everything trained, the end token appended. */
    | { readonly kind: 'text'; readonly text: string }
    | { readonly kind: 'tokenized'; readonly inputIds: readonly number[]; readonly labels: readonly number[] }
    | { readonly kind: 'invalid'; readonly code: string; readonly message: string }
  );
