/** A growing set of 64-bit keys that numbers them 0, 1, 2 … as they come: about 16 to 32 bytes a key, no objects. */
import type { ContentKey } from './content-key.ts';
import { GrowingNumbers } from './growing-numbers.ts';

export class KeyTable {
  readonly #highs = new GrowingNumbers();
  readonly #lows = new GrowingNumbers();
  /** Open addressing with linear probing; number + 1, 0 where a slot is free. At most half full. */
  #slots = new Uint32Array(2048);

  get size(): number {
    return this.#highs.length;
  }

  /** The key's number, which is `size` before the call where the key is new. */
  add(key: ContentKey): number {
    const slot = this.#slotOf(key);
    const taken = this.#slots[slot] ?? 0;
    if (taken > 0) return taken - 1;
    const number = this.size;
    this.#highs.push(key.high);
    this.#lows.push(key.low);
    this.#slots[slot] = number + 1;
    if (this.size * 2 > this.#slots.length) this.#grow();
    return number;
  }

  /** The key's number, or null where it was never added. */
  find(key: ContentKey): number | null {
    const taken = this.#slots[this.#slotOf(key)] ?? 0;
    return taken > 0 ? taken - 1 : null;
  }

  keyAt(number: number): ContentKey {
    return { high: this.#highs.at(number), low: this.#lows.at(number) };
  }

  #slotOf({ high, low }: ContentKey): number {
    const mask = this.#slots.length - 1;
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const taken = this.#slots[slot] ?? 0;
      if (taken === 0) return slot;
      if (this.#lows.at(taken - 1) === low && this.#highs.at(taken - 1) === high) return slot;
    }
  }

  #grow(): void {
    this.#slots = new Uint32Array(this.#slots.length * 2);
    for (let number = 0; number < this.size; number++) {
      this.#slots[this.#slotOf(this.keyAt(number))] = number + 1;
    }
  }
}
