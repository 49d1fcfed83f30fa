/** Connects the window's page with the backend: one message session per loaded page. */
import type { IpcMainEvent, IpcMainInvokeEvent, WebContents } from 'electron';
import type { BackendFace } from '../../backend/backend-face.ts';
import { createMessageSession, type MessageSession } from '../message-session.ts';
import { CHANNELS } from './channels.ts';
import { isPageUrl } from './protocol.ts';

/**
 * Listens on the window's own `ipc`, so that no other window is heard, and takes messages only from
 * its main frame while that shows the studio's page; everything else is ignored. A page that is
 * replaced (a reload) or whose process is gone takes its calls and subscriptions with it.
 */
export function connectPage(contents: WebContents, backend: BackendFace): void {
  let session: MessageSession | null = null;

  function openSession(): MessageSession {
    return createMessageSession(backend, message => {
      if (!contents.isDestroyed()) contents.send(CHANNELS.toPage, message);
    });
  }
  function endSession(): void {
    session?.close();
    session = null;
  }

  contents.ipc.on(CHANNELS.toBackend, (event, message: unknown) => {
    if (!isOwnPage(event, contents)) return;
    session ??= openSession();
    session.receive(message);
  });
  // `did-navigate` is the moment when a new document is in place. A navigation that has only started
  // may still be refused, and one inside the document leaves the page and its session alone.
  contents.on('did-navigate', endSession);
  contents.on('render-process-gone', endSession);
  contents.on('destroyed', endSession);
}

/** `senderFrame` is null where the frame is gone by the time its message arrives. */
export function isOwnPage(event: IpcMainEvent | IpcMainInvokeEvent, contents: WebContents): boolean {
  const frame = event.senderFrame;
  return event.sender === contents && frame !== null && frame.parent === null && isPageUrl(frame.url);
}
