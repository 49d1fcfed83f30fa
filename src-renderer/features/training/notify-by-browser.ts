/** A notification of the browser, for who has turned to something else. The desktop app shows its own. */
import { desktop } from '../../backend-client/desktop.ts';

/** Nothing is asked for here: without a permission from before, nothing happens. A click leads to `href`. */
export function notifyByBrowser(text: { readonly title: string; readonly body: string }, href: string): void {
  if (desktop || !('Notification' in window) || Notification.permission !== 'granted') return;
  if (document.visibilityState === 'visible' && document.hasFocus()) return;
  const notice = new Notification(text.title, { body: text.body, tag: href });
  notice.onclick = () => {
    window.focus();
    window.location.hash = href;
    notice.close();
  };
}
