/** Makes the compiler prove that a union was handled whole; throws where the types were lied to. */
export function assertNever(value: never): never {
  throw new Error(`Unhandled case: ${JSON.stringify(value)}`);
}
