/** Where the prepared dataset of a hash is kept. */
import { join } from 'node:path';

export function preparedPathOf(home: string, preparedId: string): string {
  return join(home, 'cache', 'prepared', `${preparedId}.luthdata`);
}
