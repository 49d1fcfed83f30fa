/** What decides how a row is read, and what reading it gives. */
import type { Finding, Row, RowPlace } from '../../../src-shared/domain/conversation.ts';
import type { SystemOptions } from './arrange-system.ts';
import type { Columns } from './column-names.ts';
import type { RoleNames } from './roles.ts';

export const ROW_FORMATS = [
  'messages',
  'sharegpt',
  'alpaca',
  'prompt-completion',
  'text',
  'tokenized',
] as const;
export type RowFormat = (typeof ROW_FORMATS)[number];

export interface ImportOptions extends SystemOptions {
  /** Of the file: the recipe's, or the one of most rows. */
  readonly format: RowFormat;
  /** Whether the recipe says so; else a row of the same kind of example may be laid out differently. */
  readonly formatFixed: boolean;
  /** The recipe's columns; the others are guessed. */
  readonly columns: Columns;
  /** The recipe's role names; they win over the common ones. */
  readonly roles: RoleNames;
}

type WithoutPlace<T> = T extends unknown ? Omit<T, keyof RowPlace> : never;
/** A row without its place, which the caller knows. */
export type RowBody = WithoutPlace<Row>;

export function invalid(code: string, message: string): RowBody {
  return { kind: 'invalid', findings: [], code, message };
}

export function findingsOf(flags: Readonly<Partial<Record<Finding, boolean>>>): Finding[] {
  return (Object.keys(flags) as Finding[]).filter(id => flags[id]);
}
