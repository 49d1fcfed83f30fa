/**
 * How long each example was before it was cut, and where its trained tokens lie: 16 bytes each, so that
 * the effect of any other `maxLength` can be computed for the whole dataset without labelling again.
 */
import type { LabelTrace } from '../../../src-shared/domain/labels.ts';
import type { Truncation } from '../truncate-example.ts';

/** What a limit does to the examples. */
export interface CutCounts {
  /** Examples that are longer than the limit. */
  readonly cut: number;
  /** Those of them that are left without a trained token, or dropped whole. */
  readonly lost: number;
}

const FIRST_CAPACITY = 1024;
const FIELDS = 4;

export class LengthTable {
  #cells = new Uint32Array(FIRST_CAPACITY * FIELDS);
  #examples = 0;

  get examples(): number {
    return this.#examples;
  }

  /** Examples without a trained token are none of its business: no limit gives them one. */
  add(row: number, trace: LabelTrace): void {
    if (trace.uncutTrainable === 0) return;
    const at = this.#examples * FIELDS;
    if (at === this.#cells.length) {
      const larger = new Uint32Array(this.#cells.length * 2);
      larger.set(this.#cells);
      this.#cells = larger;
    }
    this.#cells[at] = row;
    this.#cells[at + 1] = trace.uncutTokens;
    this.#cells[at + 2] = trace.firstTrained;
    this.#cells[at + 3] = trace.lastTrained;
    this.#examples++;
  }

  countCut(maxLength: number, truncation: Truncation): CutCounts {
    let cut = 0;
    let lost = 0;
    for (let at = 0; at < this.#examples * FIELDS; at += FIELDS) {
      const [tokens, first, last] = [this.#cell(at + 1), this.#cell(at + 2), this.#cell(at + 3)];
      if (tokens <= maxLength) continue;
      cut++;
      if (losesAll({ tokens, first, last }, maxLength, truncation)) lost++;
    }
    return { cut, lost };
  }

  /** The first `limit` rows with an example of more than so many tokens. */
  rowsAbove(tokens: number, limit: number): number[] {
    const rows: number[] = [];
    for (let at = 0; at < this.#examples * FIELDS && rows.length < limit; at += FIELDS) {
      if (this.#cell(at + 1) > tokens) rows.push(this.#cell(at));
    }
    return rows;
  }

  /** The smallest limit above `maxLength` under which `share` of the examples longer than it are whole; null for none. */
  limitThatRecovers(share: number, maxLength: number): number | null {
    const longer: number[] = [];
    for (let at = 0; at < this.#examples * FIELDS; at += FIELDS) {
      if (this.#cell(at + 1) > maxLength) longer.push(this.#cell(at + 1));
    }
    longer.sort((a, b) => a - b);
    return longer[Math.ceil(longer.length * share) - 1] ?? null;
  }

  #cell(at: number): number {
    return this.#cells[at] ?? 0;
  }
}

/** A label that the cut leaves at index 0 predicts nothing, so the next one decides. */
function losesAll(
  { tokens, first, last }: { tokens: number; first: number; last: number },
  maxLength: number,
  truncation: Truncation,
): boolean {
  switch (truncation) {
    case 'right':
      return first >= maxLength;
    case 'left':
      return last <= tokens - maxLength;
    case 'drop':
      return true;
    case 'prompt-first':
      return false; // The end of the prompt and the start of the answer stay, whatever goes.
  }
}
