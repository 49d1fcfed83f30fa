/** The few functions that the sandboxed page gets: `window.luthier`. */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import type { LuthierBridge, PageRequest, ServerMessage } from '../../../src-shared/contract/messages.ts';
import type { CHANNELS } from './channels.ts';

/** Spelled out, since a preload script imports nothing at run time; the type keeps both copies equal. */
const channels: typeof CHANNELS = {
  toBackend: 'luthier:client-message',
  toPage: 'luthier:server-message',
  chooseFile: 'luthier:choose-file',
  showInFolder: 'luthier:show-in-folder',
  menu: 'luthier:menu',
  takesRequests: 'luthier:takes-requests',
  pageRequest: 'luthier:page-request',
};

/** The page gets messages, never Electron's event, which would hand it `ipcRenderer` itself. */
function createBridge(): LuthierBridge {
  let isConnected = false;
  let isListening = false;
  return {
    connect(onMessage) {
      if (isConnected) throw new Error('The page is connected already.');
      isConnected = true;
      ipcRenderer.on(channels.toPage, (_event, message: ServerMessage) => onMessage(message));
      return message => ipcRenderer.send(channels.toBackend, message);
    },
    pathOf: file => webUtils.getPathForFile(file),
    chooseFile: question => ipcRenderer.invoke(channels.chooseFile, question),
    showInFolder: path => ipcRenderer.invoke(channels.showInFolder, path),
    setMenu: commands => ipcRenderer.send(channels.menu, commands),
    onRequest(listener) {
      if (isListening) throw new Error('The page takes requests already.');
      isListening = true;
      ipcRenderer.on(channels.pageRequest, (_event, request: PageRequest) => listener(request));
      ipcRenderer.send(channels.takesRequests);
    },
  };
}

contextBridge.exposeInMainWorld('luthier', createBridge());
