/** Keys that belong together, in a forest over their numbers (union-find): about 40 bytes a key. */
import type { ContentKey } from './content-key.ts';
import { GrowingNumbers } from './growing-numbers.ts';
import { KeyTable } from './key-table.ts';

export class KeyGroups {
  readonly #keys = new KeyTable();
  readonly #parents = new GrowingNumbers();

  /** The key's number, counted from 0; a new key is a group of its own. */
  add(key: ContentKey): number {
    const number = this.#keys.add(key);
    if (number === this.#parents.length) this.#parents.push(number);
    return number;
  }

  /** The key's number, or null where it was never added. */
  find(key: ContentKey): number | null {
    return this.#keys.find(key);
  }

  /** Makes one group of the groups of both numbers. */
  unite(a: number, b: number): void {
    const [first, second] = [this.#root(a), this.#root(b)];
    if (first === second) return;
    const isFirstSmaller = isSmaller(this.#keys.keyAt(first), this.#keys.keyAt(second));
    if (isFirstSmaller) this.#parents.set(second, first);
    else this.#parents.set(first, second);
  }

  /** The group's smallest key: the same whatever the order in which its keys came. */
  groupOf(number: number): ContentKey {
    return this.#keys.keyAt(this.#root(number));
  }

  #root(number: number): number {
    let at = number;
    for (let parent = this.#parents.at(at); parent !== at; parent = this.#parents.at(at)) {
      this.#parents.set(at, this.#parents.at(parent));
      at = parent;
    }
    return at;
  }
}

function isSmaller(a: ContentKey, b: ContentKey): boolean {
  return a.high < b.high || (a.high === b.high && a.low < b.low);
}
