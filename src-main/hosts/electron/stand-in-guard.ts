/** Test-only: what makes a stand-in refuse everything that it does not know. */
import { EventEmitter } from 'node:events';

/**
 * Wraps an object so that reading or writing anything it does not have throws. Without this a test
 * would pass on an API that Electron does not have, or that the stand-in does not imitate.
 */
export function guarded<T extends object>(name: string, target: T): T {
  const refuse = (property: string | symbol): never => {
    throw new Error(`The stand-in does not know ${name}.${String(property)}.`);
  };
  return new Proxy(target, {
    get(object, property) {
      if (typeof property === 'symbol' || property === 'then') return Reflect.get(object, property);
      if (!(property in object)) return refuse(property);
      const value = Reflect.get(object, property);
      return typeof value === 'function' && !isClass(value) ? value.bind(object) : value;
    },
    set: (object, property, value) =>
      property in object ? Reflect.set(object, property, value) : refuse(property),
  });
}

function isClass(value: object): boolean {
  return Function.prototype.toString.call(value).startsWith('class');
}

/** Refuses keys that Electron's options do not have, or that the stand-in does not imitate. */
export function checkKeys(name: string, options: object, known: readonly string[]): void {
  const unknown = Object.keys(options).filter(key => !known.includes(key));
  if (unknown.length > 0) throw new Error(`The stand-in does not know ${name}: ${unknown.join(', ')}.`);
}

/** An emitter of the named events only. */
export class KnownEmitter extends EventEmitter {
  readonly #name: string;
  readonly #events: readonly string[];

  constructor(name: string, events: readonly string[]) {
    super();
    this.#name = name;
    this.#events = events;
  }

  override on(event: string, listener: (...values: never[]) => void): this {
    return super.on(this.#known(event), listener as () => void);
  }

  override once(event: string, listener: (...values: never[]) => void): this {
    return super.once(this.#known(event), listener as () => void);
  }

  /** Emits an event that can be prevented; returns whether it was. */
  emitPreventable(event: string, details: object = {}, ...values: unknown[]): boolean {
    const preventable = {
      ...details,
      defaultPrevented: false,
      preventDefault() {
        preventable.defaultPrevented = true;
      },
    };
    this.emit(this.#known(event), preventable, ...values);
    return preventable.defaultPrevented;
  }

  #known(event: string): string {
    if (this.#events.includes(event)) return event;
    throw new Error(`The stand-in does not know the event '${event}' of ${this.#name}.`);
  }
}
