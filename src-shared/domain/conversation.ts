/** A conversation as the pipeline sees it, whatever file it came from. */

export type Role = 'system' | 'developer' | 'user' | 'assistant' | 'tool';

export const ROLES = ['system', 'developer', 'user', 'assistant', 'tool'] as const satisfies readonly Role[];

export interface Message {
  readonly role: Role;
  readonly content: string;
}

export interface Conversation {
  readonly messages: readonly Message[];
}

/** Where an example stands in its file: `row` counts from 0 over all rows, `line` from 1 in the file. */
export interface RowPlace {
  readonly row: number;
  readonly line: number;
}

/**
 * One row after import: a conversation, ids that are already tokenized, or the reason why it can be
 * neither. Rows are never skipped: a rejected one keeps its place and says why.
 */
export type Row = RowPlace &
  (
    | { readonly kind: 'conversation'; readonly conversation: Conversation }
    | { readonly kind: 'tokenized'; readonly inputIds: readonly number[]; readonly labels: readonly number[] }
    | { readonly kind: 'invalid'; readonly code: string; readonly message: string }
  );
