/** `luthier runs worst`: the rows at which a finished run is worst. */
import { orThrow } from '../../../../src-shared/contract/coded-error.ts';
import { MOST_LOSS_ROWS, USUAL_LOSS_ROWS } from '../../../../src-shared/contract/losses-procedures.ts';
import type { LossReport, RowLoss } from '../../../../src-shared/domain/row-losses.ts';
import { measureLosses, showLosses, tokenLosses } from '../../../backend/losses/measure-losses.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { resolveRunId } from './runs.ts';

export interface WorstArguments {
  readonly validation?: boolean;
  readonly top?: number;
  readonly rows?: number;
  readonly again?: boolean;
}

/** What was measured before is shown again, unless other rows are asked for. */
export async function worstCommand(
  { parts, output, signal }: CommandContext,
  idOrPrefix: string,
  given: WorstArguments,
): Promise<ExitCode> {
  const id = resolveRunId(parts, idOrPrefix);
  const split = given.validation ? 'validation' : 'training';
  const request = { id, split, top: Math.max(1, given.top ?? 10) } as const;
  const maxRows = Math.min(MOST_LOSS_ROWS, Math.max(1, given.rows ?? USUAL_LOSS_ROWS));
  const isAnew = given.again === true || given.rows !== undefined;
  const stored = isAnew ? null : orThrow(await showLosses(parts, request));
  const report =
    stored ??
    orThrow(await measureLosses(parts, { ...request, maxRows }, { signal, onProgress: output.progress }));
  if (output.json) {
    const tokens = orThrow(await tokenLosses(parts, { id, split }, report.worst));
    const worst = report.worst.map((row, i) => ({
      ...row,
      inputIds: tokens[i]?.ids,
      tokenLosses: tokens[i]?.losses,
    }));
    await output.document({ ...report, worst });
  }
  await output.text([headOf(report), ...report.worst.map(describeRow)].join('\n'));
  return EXIT.done;
}

function headOf({ split, rows, totalRows, meanLoss }: LossReport): string {
  const which = split === 'validation' ? 'validation rows' : 'training rows';
  const count = rows < totalRows ? `${rows} of ${totalRows} ${which}, drawn at random` : `${rows} ${which}`;
  return `${count}: mean loss ${meanLoss.toFixed(4)} per trained token. The worst:`;
}

function describeRow({ row, part, loss, tokens, trainedTokens, excerpt, worstTokens }: RowLoss): string {
  const worst = worstTokens.map(
    ({ position, text, loss }) => `${JSON.stringify(text)} at ${position}: ${loss.toFixed(2)}`,
  );
  return [
    `row ${row}${part > 0 ? `, part ${part + 1}` : ''}  loss ${loss.toFixed(4)}  ${trainedTokens} of ${tokens} tokens trained`,
    `  ${JSON.stringify(excerpt)}`,
    `  ${worst.join(', ')}`,
  ].join('\n');
}
