/** What the desktop app asks of its page, which may not have loaded yet. */
import type { WebContents } from 'electron';
import type { PageRequest } from '../../../src-shared/contract/messages.ts';
import { CHANNELS } from './channels.ts';
import { isOwnPage } from './ipc.ts';

export interface PageRequests {
  /** Hands the last request that waits, and each that follows, to the window's page as soon as it takes requests. */
  showIn(contents: WebContents): void;
  send(request: PageRequest): void;
}

export function createPageRequests(): PageRequests {
  let waiting: PageRequest | null = null;
  let page: WebContents | null = null;

  function send(request: PageRequest): void {
    if (page === null || page.isDestroyed()) waiting = request;
    else page.send(CHANNELS.pageRequest, request);
  }
  return {
    send,
    showIn(contents) {
      contents.ipc.on(CHANNELS.takesRequests, event => {
        if (!isOwnPage(event, contents)) return;
        page = contents;
        if (waiting !== null) send(waiting);
        waiting = null;
      });
      const forget = () => {
        if (page === contents) page = null;
      };
      contents.on('did-navigate', forget);
      contents.on('destroyed', forget);
    },
  };
}
