/** Recipes that the system opens in the app: at its start, by a second launch, or by macOS' own event. */
import { resolve } from 'node:path';
import { app, type WebContents } from 'electron';
import { CHANNELS } from './channels.ts';
import { isOwnPage } from './ipc.ts';

export interface OpenedRecipes {
  /** Hands the last recipe that waits, and each that follows, to the window's page as soon as it takes recipes. */
  showIn(contents: WebContents): void;
  /** Looks for a recipe among a program's arguments, relative to `directory`. */
  take(args: readonly string[], directory: string): void;
}

/** Must be called before Electron is ready, or macOS' first `open-file` is missed. */
export function watchOpenedRecipes(): OpenedRecipes {
  let waiting: string | null = null;
  let page: WebContents | null = null;

  function open(path: string): void {
    if (page === null || page.isDestroyed()) waiting = path;
    else page.send(CHANNELS.openRecipe, path);
  }
  app.on('open-file', (event, path) => {
    event.preventDefault();
    open(path);
  });
  return {
    showIn(contents) {
      contents.ipc.on(CHANNELS.takesRecipes, event => {
        if (!isOwnPage(event, contents)) return;
        page = contents;
        if (waiting !== null) open(waiting);
        waiting = null;
      });
      const forget = () => {
        if (page === contents) page = null;
      };
      contents.on('did-navigate', forget);
      contents.on('destroyed', forget);
    },
    take(args, directory) {
      const path = args.findLast(arg => !arg.startsWith('-') && /\.ya?ml$/i.test(arg));
      if (path !== undefined) open(resolve(directory, path));
    },
  };
}
