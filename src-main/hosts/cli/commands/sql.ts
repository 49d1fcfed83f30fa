/** `luthier runs sql`: a question to the history in SQL, which cannot change it. */
import { asColumns, asCsv, asMarkdown } from '../../../../src-shared/comparison/text-table.ts';
import { orThrow } from '../../../../src-shared/contract/coded-error.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { CompareArguments } from './compare.ts';

export interface SqlArguments {
  readonly format?: NonNullable<CompareArguments['format']>;
  readonly rows: number;
  readonly seconds: number;
}

export async function sqlCommand(
  { parts, output, signal }: CommandContext,
  sql: string,
  { format = 'text', rows: maxRows, seconds }: SqlArguments,
): Promise<ExitCode> {
  const question = { sql, maxRows, limitMs: seconds * 1000 };
  const answer = orThrow(await parts.workers.historyQuery.ask(question, signal));
  if (output.json) await output.document(answer);
  else if (format === 'json') await output.text(JSON.stringify(answer, null, 2));
  else {
    const table = [answer.columns, ...answer.rows.map(row => row.map(cell => String(cell ?? '')))];
    await output.text({ text: asColumns, md: asMarkdown, csv: asCsv }[format](table).trimEnd());
  }
  if (answer.isCut) process.stderr.write(`There are more rows than ${maxRows}; --rows takes more.\n`);
  return EXIT.done;
}
