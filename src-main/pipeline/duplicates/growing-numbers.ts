/** A list of whole numbers below 2³² that grows, at 4 to 8 bytes an entry where an array of numbers takes more. */
export class GrowingNumbers {
  #values = new Uint32Array(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = new Uint32Array(this.#values.length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length++] = value;
  }

  /** Throws a RangeError beyond the end. */
  at(index: number): number {
    if (index >= this.#length) throw new RangeError(`${index} is beyond ${this.#length} entries.`);
    return this.#values[index] ?? 0;
  }

  /** Replaces an entry that is there. */
  set(index: number, value: number): void {
    if (index >= this.#length) throw new RangeError(`${index} is beyond ${this.#length} entries.`);
    this.#values[index] = value;
  }
}
