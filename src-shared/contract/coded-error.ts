/** An expected problem as a value: what it is, why, and what to do about it. */
import { z } from 'zod';

export const codedErrorSchema = z.object({
  /** Stable and dotted, for programs: `preflight.blocked`, `model.notGguf`. */
  code: z.string(),
  /** The object and the fact: "The recipe has 3 faults." */
  title: z.string(),
  /** Why, with the numbers. */
  cause: z.string(),
  /** What the user can do. */
  remedy: z.string(),
  details: z.unknown().optional(),
});
export type CodedError = z.infer<typeof codedErrorSchema>;

/** A result that has to be looked at. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: CodedError };

export function ok<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

export function fail(error: CodedError): { readonly ok: false; readonly error: CodedError } {
  return { ok: false, error };
}

/**
 * Carries a coded error through code that can only throw (streams, promise chains). Hosts unwrap it;
 * everything else that is thrown is a broken invariant.
 */
export class CodedException extends Error {
  readonly coded: CodedError;
  constructor(coded: CodedError) {
    super(`${coded.code}: ${coded.title} ${coded.cause}`);
    this.name = 'CodedException';
    this.coded = coded;
  }
}

/** The value, or a CodedException that the nearest host turns into its error form. */
export function orThrow<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new CodedException(outcome.error);
}

/** What a host shows for anything that was thrown. A stack trace stays in `details` for `--debug` only. */
export function toCodedError(thrown: unknown): CodedError {
  if (thrown instanceof CodedException) return thrown.coded;
  const cause = thrown instanceof Error ? thrown.message : String(thrown);
  return {
    code: 'internal.unexpected',
    title: 'Luthier met a fault of its own.',
    cause,
    remedy: 'Run the command again with --debug and report what it prints.',
    ...(thrown instanceof Error && thrown.stack ? { details: { stack: thrown.stack } } : {}),
  };
}
