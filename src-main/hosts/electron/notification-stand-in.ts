/** Test-only: one notification of the Electron stand-in. */
import { checkKeys, guarded, KnownEmitter } from './stand-in-guard.ts';

interface NotificationOptions {
  readonly title?: string;
  readonly body?: string;
}

/** The system around it. */
interface NotificationSystem {
  readonly notifications: NotificationStandIn[];
}

/** Shown once `show` was called; tests click it. */
export class NotificationStandIn extends KnownEmitter {
  readonly title: string;
  readonly body: string;
  readonly guardedNotification: object = guarded('Notification', this);
  readonly #system: NotificationSystem;

  constructor(system: NotificationSystem, options: NotificationOptions) {
    super('Notification', ['click', 'close', 'failed', 'show']);
    checkKeys('options of a notification', options, ['title', 'body']);
    this.#system = system;
    this.title = options.title ?? '';
    this.body = options.body ?? '';
  }

  show(): void {
    this.#system.notifications.push(this);
    this.emit('show', {});
  }

  click(): void {
    this.emit('click', {});
    this.emit('close', { reason: 'userCanceled' });
  }
}
