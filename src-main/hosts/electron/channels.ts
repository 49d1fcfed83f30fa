/** The names under which page and main process speak. There are no others. */
export const CHANNELS = {
  /** A ClientMessage, from the page. */
  toBackend: 'luthier:client-message',
  /** A ServerMessage, to the page. */
  toPage: 'luthier:server-message',
  /** A FileQuestion, from the page; answered with a path or null. */
  chooseFile: 'luthier:choose-file',
  /** A path, from the page, to be shown in the system's file manager. */
  showInFolder: 'luthier:show-in-folder',
  /** MenuCommands, from the page. */
  menu: 'luthier:menu',
  /** From the page: it takes requests now. */
  takesRequests: 'luthier:takes-requests',
  /** A PageRequest, to the page. */
  pageRequest: 'luthier:page-request',
} as const;
