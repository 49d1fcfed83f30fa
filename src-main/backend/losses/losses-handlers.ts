/** The procedures of the worst rows. */
import { type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { LOSSES_PROCEDURES } from '../../../src-shared/contract/losses-procedures.ts';
import type { ProcedureInput, ProcedureOutput } from '../../../src-shared/contract/procedures.ts';
import type { BackendParts } from '../backend-parts.ts';
import { measureLosses, showLosses, tokenLosses } from './measure-losses.ts';

type LossesHandlers = {
  readonly [N in keyof typeof LOSSES_PROCEDURES]: (
    input: ProcedureInput<N>,
    signal: AbortSignal,
  ) => Promise<Outcome<ProcedureOutput<N>>>;
};

export function createLossesHandlers(parts: BackendParts): LossesHandlers {
  return {
    'losses.show': async input => {
      const report = await showLosses(parts, input);
      return report.ok ? ok({ report: report.value }) : report;
    },
    'losses.measure': async ({ workId, ...request }, signal) => {
      const onProgress = parts.events.throttledProgress(workId);
      const report = await measureLosses(parts, request, { signal, onProgress });
      return report.ok ? ok({ report: report.value }) : report;
    },
    'losses.tokens': input => tokenLosses(parts, input),
  };
}
