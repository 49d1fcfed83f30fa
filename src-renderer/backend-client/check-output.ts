/** The contract's validation of what comes from the backend, for calls and for events. */
import type { z } from 'zod';
import { type CodedError, fail, type Outcome, ok } from '../../src-shared/contract/coded-error.ts';
import {
  PROCEDURES,
  type ProcedureName,
  type ProcedureOutput,
  STREAMS,
  type StreamEvent,
  type StreamName,
} from '../../src-shared/contract/procedures.ts';
import { strings } from '../strings.ts';

export function checkOutput<N extends ProcedureName>(name: N, value: unknown): Outcome<ProcedureOutput<N>> {
  const parsed = PROCEDURES[name].output.safeParse(value);
  return parsed.success ? ok(parsed.data as ProcedureOutput<N>) : fail(contractBroken(name, parsed.error));
}

export function checkEvent<N extends StreamName>(name: N, event: unknown): Outcome<StreamEvent<N>> {
  const parsed = STREAMS[name].event.safeParse(event);
  return parsed.success ? ok(parsed.data as StreamEvent<N>) : fail(contractBroken(name, parsed.error));
}

function contractBroken(name: string, error: z.ZodError): CodedError {
  const issues = error.issues.slice(0, 3).map(issue => `${issue.path.join('.') || name}: ${issue.message}`);
  return { code: 'transport.contractBroken', ...strings.transport.contractBroken(name, issues.join('; ')) };
}
