/** The two names under which page and main process exchange the contract's messages. There are no others. */
export const CHANNELS = {
  /** A ClientMessage, from the page. */
  toBackend: 'luthier:client-message',
  /** A ServerMessage, to the page. */
  toPage: 'luthier:server-message',
} as const;
