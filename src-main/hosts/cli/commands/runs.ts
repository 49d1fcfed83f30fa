/** `luthier runs`: the history on the command line. */
import { CodedException } from '../../../../src-shared/contract/coded-error.ts';
import { runNotFound } from '../../../backend/answer-prompts.ts';
import type { BackendParts } from '../../../backend/backend-parts.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';

export async function listRunsCommand({ parts, output }: CommandContext): Promise<ExitCode> {
  const runs = parts.store.list();
  if (output.json) await output.document({ runs });
  if (runs.length === 0) output.text('There are no runs yet. `luthier demo` makes the first.');
  for (const run of runs) {
    const loss =
      run.lastLoss === null ? '' : `  loss ${run.firstLoss?.toFixed(3)} → ${run.lastLoss.toFixed(3)}`;
    output.text(
      `${run.id}  ${run.status.padEnd(11)}  ${run.stepsDone}/${run.plannedSteps}${loss}  ${run.name}`,
    );
  }
  return EXIT.done;
}

export async function showRunCommand(
  { parts, output }: CommandContext,
  idOrPrefix: string,
): Promise<ExitCode> {
  const run = parts.store.show(resolveRunId(parts, idOrPrefix));
  if (!run) throw new CodedException(runNotFound(idOrPrefix));
  if (output.json) await output.document(run);
  output.text(
    [
      `${run.name} (${run.id})`,
      `Status    ${run.status}${run.paused ? ', paused' : ''}`,
      `Started   ${run.createdAt}`,
      `Ended     ${run.endedAt ?? 'not yet'}`,
      `Steps     ${run.steps.length} of ${run.plannedSteps}`,
      `Loss      ${run.steps[0]?.loss.toFixed(4) ?? 'none'} → ${run.steps.at(-1)?.loss.toFixed(4) ?? 'none'}`,
      `Adapter   ${run.adapterPath ?? 'none'}`,
      ...(run.bestAdapterPath === null ? [] : [`Best      ${run.bestAdapterPath}`]),
      ...run.checkpoints.map(({ step, path }) => `Saved     step ${step}: ${path}`),
      ...run.resumptions.map(
        ({ at, fromStep, savedMs }) =>
          `Resumed   ${at} at step ${fromStep + 1}; ${fromStep} steps and ${(savedMs / 1000).toFixed(1)} s of training were done`,
      ),
      ...(run.error ? [`Error     ${run.error.title} ${run.error.cause}`] : []),
      ...(run.processExit ? ['Last lines', ...run.processExit.lastLines.map(line => `  ${line}`)] : []),
    ].join('\n'),
  );
  return EXIT.done;
}

/** A whole id, or the beginning of exactly one. Throws a CodedException. */
export function resolveRunId(parts: BackendParts, idOrPrefix: string): string {
  const ids = parts.store.idsStartingWith(idOrPrefix);
  const [first, second] = ids;
  if (first !== undefined && (second === undefined || ids.includes(idOrPrefix))) {
    return ids.includes(idOrPrefix) ? idOrPrefix : first;
  }
  if (first === undefined) throw new CodedException(runNotFound(idOrPrefix));
  throw new CodedException({
    code: 'arguments.ambiguous',
    title: 'The id fits more than one run.',
    cause: `${idOrPrefix} begins ${ids.length} ids: ${ids.slice(0, 5).join(', ')}.`,
    remedy: 'Give more of it.',
  });
}
