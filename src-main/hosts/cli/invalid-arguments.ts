/** What a command says of arguments that it cannot follow. */
import { CodedException } from '../../../src-shared/contract/coded-error.ts';

export function invalidArguments(cause: string, remedy: string): CodedException {
  return new CodedException({
    code: 'arguments.invalid',
    title: 'The arguments do not fit.',
    cause,
    remedy,
  });
}
