/** Which problems rows have in common: the same sentence about other numbers is the same problem. */

export interface Problem {
  /** The first row's words. */
  readonly text: string;
  readonly firstRow: number;
  readonly count: number;
}

/** Beyond so many different sentences, the rest is only counted. */
const REMEMBERED = 200;

export class ProblemTally {
  readonly #byShape = new Map<string, { text: string; firstRow: number; count: number }>();

  add(row: number, text: string): void {
    const shape = text.replace(/\d+/g, '#');
    const known = this.#byShape.get(shape);
    if (known) known.count++;
    else if (this.#byShape.size < REMEMBERED) this.#byShape.set(shape, { text, firstRow: row, count: 1 });
  }

  /** The most frequent first. */
  problems(): Problem[] {
    return [...this.#byShape.values()].sort((a, b) => b.count - a.count || a.firstRow - b.firstRow);
  }
}
