/** What no page may do in this app: leave its origin, open windows, or use the machine's devices. */
import { app, type Session, type WebContents } from 'electron';
import { isPageUrl } from './protocol.ts';

/** Hardens every page that will ever exist in this process. Must run before Electron is ready. */
export function hardenPages(): void {
  app.enableSandbox();
  app.on('web-contents-created', (_event, contents) => confine(contents));
}

/** Links out are refused too: nothing in the studio needs the network. */
function confine(contents: WebContents): void {
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  contents.on('will-attach-webview', event => event.preventDefault());
  // A page cannot hold its window open: whether to quit is asked by the app itself.
  contents.on('will-prevent-unload', event => event.preventDefault());
  contents.on('will-navigate', details => refuseForeign(details));
  contents.on('will-frame-navigate', details => refuseForeign(details));
  contents.on('will-redirect', details => refuseForeign(details));
}

function refuseForeign(details: { readonly url: string; preventDefault(): void }): void {
  if (!isPageUrl(details.url)) details.preventDefault();
}

/** What the studio's own page may: put text into the clipboard, when a button for that is pressed. */
const GRANTED = 'clipboard-sanitized-write';

/** Denies camera, notifications, reading the clipboard, USB and all the rest, asked for or merely queried. */
export function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, callback, details) =>
    callback(permission === GRANTED && isPageUrl(details.requestingUrl)),
  );
  session.setPermissionCheckHandler(
    (_contents, permission, origin) => permission === GRANTED && isPageUrl(origin),
  );
  session.setDevicePermissionHandler(() => false);
}
