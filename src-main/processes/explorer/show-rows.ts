/** A page of the data: each row as it stands in the file, as a conversation, and what is wrong with it. */
import { type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { Message, Row } from '../../../src-shared/domain/conversation.ts';
import type { DataRow } from '../../../src-shared/domain/inspection.ts';
import type { Question } from '../../pipeline/questions.ts';
import type { PagedRow } from './data-pages.ts';
import type { ExplorerSession } from './explorer-session.ts';
import type { QuestionContext } from './serve-questions.ts';

/** A page never carries whole books: the inspector shows a row in full. */
const SHOWN_CHARACTERS = 2000;
const SHOWN_CELLS = 50;
const SHOWN_MESSAGES = 100;

export async function showRows(
  session: ExplorerSession,
  { dataset, from, count }: Extract<Question, { kind: 'rows' }>,
  { signal }: QuestionContext,
): Promise<Outcome<{ rows: DataRow[]; total: number | null }>> {
  const data = await session.data(dataset, signal);
  if (!data.ok) return data;
  const rows = await data.value.rows(from, count);
  return ok({ rows: rows.map(asDataRow), total: data.value.total });
}

function asDataRow({ read, row }: PagedRow): DataRow {
  return {
    row: read.row,
    line: read.line,
    cells: read.ok ? cellsOf(read.value) : {},
    messages: messagesOf(row).slice(0, SHOWN_MESSAGES),
    problem: row.kind === 'invalid' ? { code: row.code, message: row.message } : null,
  };
}

function cellsOf(value: unknown): Record<string, string> {
  const entries =
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.entries(value)
      : [['', value]];
  return Object.fromEntries(
    entries.slice(0, SHOWN_CELLS).map(([name, cell]) => [String(name), shortened(cell)]),
  );
}

function messagesOf(row: Row): DataRow['messages'] {
  switch (row.kind) {
    case 'conversation':
      return row.conversation.messages.map(asShown);
    case 'message-pair':
      return [...row.prompt.messages, ...row.completion].map(asShown);
    case 'pair':
      return [
        { role: 'prompt', content: shortened(row.prompt), trained: false },
        { role: 'completion', content: shortened(row.completion), trained: true },
      ];
    case 'text':
      return [{ role: 'text', content: shortened(row.text), trained: true }];
    default:
      return [];
  }
}

function asShown({ role, content, toolCalls, trained }: Message): DataRow['messages'][number] {
  const calls = toolCalls?.map(({ name, arguments: given }) => `${name}(${JSON.stringify(given)})`) ?? [];
  return {
    role,
    content: shortened([content ?? '', ...calls].filter(part => part !== '').join('\n')),
    trained: trained !== false,
  };
}

function shortened(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}
