/** The one function that the sandboxed page gets: `window.luthier.connect`. */
import { contextBridge, ipcRenderer } from 'electron';
import type { LuthierBridge, ServerMessage } from '../../../src-shared/contract/messages.ts';
import type { CHANNELS } from './channels.ts';

/** Spelled out, since a preload script imports nothing at run time; the type keeps both copies equal. */
const channels: typeof CHANNELS = {
  toBackend: 'luthier:client-message',
  toPage: 'luthier:server-message',
};

/** The page gets messages, never Electron's event, which would hand it `ipcRenderer` itself. */
function createBridge(): LuthierBridge {
  let isConnected = false;
  return {
    connect(onMessage) {
      if (isConnected) throw new Error('The page is connected already.');
      isConnected = true;
      ipcRenderer.on(channels.toPage, (_event, message: ServerMessage) => onMessage(message));
      return message => ipcRenderer.send(channels.toBackend, message);
    },
  };
}

contextBridge.exposeInMainWorld('luthier', createBridge());
