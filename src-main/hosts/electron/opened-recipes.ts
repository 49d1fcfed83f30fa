/** Recipes that the system opens in the app: at its start, by a second launch, or by macOS' own event. */
import { resolve } from 'node:path';
import { app } from 'electron';

/** Must be called before Electron is ready, or macOS' first `open-file` is missed. */
export function onOpenedFile(open: (path: string) => void): void {
  app.on('open-file', (event, path) => {
    event.preventDefault();
    open(path);
  });
}

/** The last recipe among a program's arguments, relative to `directory`; null where there is none. */
export function recipeIn(args: readonly string[], directory: string): string | null {
  const path = args.findLast(arg => !arg.startsWith('-') && /\.ya?ml$/i.test(arg));
  return path === undefined ? null : resolve(directory, path);
}
