/** `luthier runs sql`: a question to the history in SQL, which cannot change it. */
import { orThrow } from '../../../../src-shared/contract/coded-error.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { printTable, type TableFormat } from '../print-table.ts';

export interface SqlArguments {
  readonly format?: TableFormat;
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
  await printTable(output, format, answer, () => [
    answer.columns,
    ...answer.rows.map(row => row.map(cell => String(cell ?? ''))),
  ]);
  if (answer.isCut) process.stderr.write(`There are more rows than ${maxRows}; --rows takes more.\n`);
  return EXIT.done;
}
