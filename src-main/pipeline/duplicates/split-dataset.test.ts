import { describe, expect, it } from 'vitest';
import type { Row } from '../../../src-shared/domain/conversation.ts';
import { DROP_REASONS, type LabelledExample } from '../../../src-shared/domain/labels.ts';
import { DatasetCounter } from '../preflight/count-dataset.ts';
import { createRandom } from '../random.ts';
import { contentKey } from './content-key.ts';
import { DatasetSplit } from './split-dataset.ts';

const keyOf = (text: string) =>
  contentKey({ row: 0, line: 1, findings: [], kind: 'text', text } satisfies Row);

function example(row: number, ids: number[], rest: Partial<LabelledExample> = {}): LabelledExample {
  return {
    row,
    line: row + 1,
    inputIds: Int32Array.from(ids),
    labels: Int32Array.from(ids),
    dropped: null,
    truncatedTokens: 0,
    method: 'none',
    problem: '',
    findings: [],
    trace: null,
    ...rest,
  };
}

/** One example a row, its ids the text's letters; upper case stands for a row whose tokens differ. */
const idsOf = (text: string) => [...text].map(letter => letter.codePointAt(0) ?? 0);
const add = (split: DatasetSplit, row: number, text: string) =>
  split.addData({ row, key: keyOf(text), examples: [example(row, idsOf(text))] });

describe('repeated rows', () => {
  it('are counted and kept, or dropped with the number of the row that they repeat', () => {
    for (const treatment of ['keep', 'drop'] as const) {
      const split = new DatasetSplit(treatment);
      const placed = ['a b', 'c', 'a  b', 'a b'].flatMap((text, row) => add(split, row, text));
      expect(split.counts()).toMatchObject({ dataRows: 4, repeated: { count: 2, rows: [2, 3] } });
      const dropped = treatment === 'drop' ? 'duplicate' : null;
      expect(placed.map(one => one.dropped)).toEqual([null, null, dropped, dropped]);
      if (treatment === 'drop') expect(placed[3]?.problem).toBe('It says the same as row 0.');
      expect(split.split(0, 1).trainingExamples).toBe(treatment === 'drop' ? 2 : 4);
    }
  });

  it('do not repeat a row that was itself dropped, and keep their own reason where they have one', () => {
    const split = new DatasetSplit('drop');
    const empty = { dropped: 'noTrainableTokens', problem: 'x' } as const;
    const first = split.addData({ row: 0, key: keyOf('a'), examples: [example(0, [1], empty)] });
    const second = split.addData({ row: 1, key: keyOf('a'), examples: [example(1, [1])] });
    const third = split.addData({ row: 2, key: keyOf('a'), examples: [example(2, [1], empty)] });
    expect([first, second, third].map(([one]) => one?.dropped)).toEqual([
      'noTrainableTokens',
      null,
      'noTrainableTokens',
    ]);
    expect(split.counts().repeated.count).toBe(0);
  });

  it('are whole rows: each example of a repeated text goes, and equal pieces of one row stay', () => {
    const split = new DatasetSplit('drop');
    const pieces = (row: number) => [example(row, [1, 2]), example(row, [1, 2]), example(row, [3])];
    expect(
      split.addData({ row: 0, key: keyOf('long'), examples: pieces(0) }).map(one => one.dropped),
    ).toEqual([null, null, null]);
    expect(
      split
        .addData({ row: 1, key: keyOf('long'), examples: pieces(1) })
        .every(one => one.dropped === 'duplicate'),
    ).toBe(true);
    expect(split.counts().repeated.count).toBe(1);
  });
});

describe('kept and dropped examples', () => {
  it('add up to all, whatever is dropped and repeated, and the kept ones to both sides (100 data sets)', () => {
    for (let seed = 0; seed < 100; seed++) {
      const random = createRandom(seed, 3);
      const split = new DatasetSplit(seed % 2 === 0 ? 'drop' : 'keep');
      const counter = new DatasetCounter(new Set());
      let examples = 0;
      for (let row = 0; row < 80; row++) {
        const pieces = Array.from({ length: 1 + (random() % 3) }, () => {
          const reason = random() % 4 === 0 ? (DROP_REASONS[random() % 6] ?? null) : null;
          return example(row, [1 + (random() % 9), random() % 9], { dropped: reason });
        });
        examples += pieces.length;
        const text = `text ${random() % 30}`;
        for (const one of split.addData({ row, key: keyOf(text), examples: pieces })) counter.add(one);
      }
      const { kept, dropped, examples: counted } = counter.totals(0);
      expect(counted).toBe(examples);
      expect(kept + Object.values(dropped).reduce((sum, count) => sum + count, 0)).toBe(examples);
      expect((dropped['duplicate'] ?? 0) > 0).toBe(seed % 2 === 0);
      expect(split.split(0, seed).trainingExamples).toBe(kept);
    }
  });
});

describe('the split by a fraction', () => {
  /** Rows of few different texts, in white space of many kinds and with some cut to equal tokens. */
  function randomRows(seed: number) {
    const random = createRandom(seed, 0);
    const texts = 1 + (random() % 40);
    return Array.from({ length: 60 + (random() % 200) }, () => {
      const word = `t${random() % texts}`;
      const text = `${' '.repeat(random() % 3)}${word}${'\n'.repeat(random() % 2)} x`;
      // a quarter is "cut": texts that differ, ids that do not
      const ids = random() % 4 === 0 ? idsOf(word.slice(0, 2)) : idsOf(text);
      return { text, normal: `${word} x`, ids };
    });
  }

  it('never has equal texts, equal normal forms or equal token ids on both sides (200 data sets)', () => {
    for (let seed = 0; seed < 200; seed++) {
      const rows = randomRows(seed);
      const split = new DatasetSplit('keep');
      for (const [row, { text, ids }] of rows.entries()) {
        split.addData({ row, key: keyOf(text), examples: [example(row, ids)] });
      }
      const { partOf, trainingExamples } = split.split(0.3, seed);
      const sides = new Map<string, string>();
      let training = 0;
      for (const [i, { normal, ids }] of rows.entries()) {
        const part = partOf(i);
        if (part === 'training') training++;
        for (const key of [normal, ids.join()]) {
          expect(sides.get(key) ?? part).toBe(part);
          sides.set(key, part);
        }
      }
      expect(training).toBe(trainingExamples);
      expect(training).toBeGreaterThan(0);
    }
  });

  it('does not depend on the order of the file', () => {
    const rows = randomRows(3);
    const heldBack = (order: readonly number[]) => {
      const split = new DatasetSplit('keep');
      for (const [at, row] of order.entries()) {
        const { text, ids } = rows[row] ?? { text: '', ids: [] };
        split.addData({ row: at, key: keyOf(text), examples: [example(at, ids)] });
      }
      const { partOf } = split.split(0.3, 7);
      return order.filter((_, at) => partOf(at) === 'validation').sort((a, b) => a - b);
    };
    const forwards = rows.map((_, i) => i);
    expect(heldBack([...forwards].reverse())).toEqual(heldBack(forwards));
    expect(heldBack(forwards).length).toBeGreaterThan(0);
  });

  it('holds back the asked share of rows that differ, other ones under another seed', () => {
    const split = new DatasetSplit('keep');
    for (let row = 0; row < 100; row++) add(split, row, `row ${row}`);
    const held = (seed: number) => {
      const { partOf, trainingExamples } = split.split(0.1, seed);
      expect(trainingExamples).toBe(90);
      return Array.from({ length: 100 }, (_, i) => i).filter(i => partOf(i) === 'validation');
    };
    expect(held(1)).toHaveLength(10);
    expect(held(2)).not.toEqual(held(1));
    expect(held(1)).toEqual(held(1));
  });

  it('holds nothing back from a handful, nor where all rows say the same', () => {
    const few = new DatasetSplit('keep');
    for (let row = 0; row < 5; row++) add(few, row, `row ${row}`);
    expect(few.split(0.05, 1).trainingExamples).toBe(5);
    const same = new DatasetSplit('keep');
    for (let row = 0; row < 10; row++) add(same, row, 'the same');
    expect(same.split(0.5, 1).trainingExamples).toBe(10);
  });
});

describe('a validation file', () => {
  it('loses the rows that are in the training data, in other words of white space or in the same tokens', () => {
    const split = new DatasetSplit('keep');
    add(split, 0, 'a b');
    split.addData({ row: 1, key: keyOf('long one'), examples: [example(1, [7, 8])] });
    split.addData({ row: 2, key: keyOf('not trained'), examples: [example(2, [9], { dropped: 'invalid' })] });
    const check = (row: number, text: string, ids: number[]) =>
      split.addValidation({ row, key: keyOf(text), examples: [example(row, ids)] })[0]?.dropped;
    expect(check(0, 'new', [2])).toBe(null);
    expect(check(1, ' a   b', [1])).toBe('duplicate');
    expect(check(2, 'new', [2])).toBe(null);
    expect(check(3, 'long two', [7, 8])).toBe('duplicate');
    expect(check(4, 'not trained', [9])).toBe(null);
    // The rows of the data that say the same, since those of the other file cannot be gone to.
    expect(split.counts()).toMatchObject({ overlapping: { count: 2, rows: [0, 1] }, validationRows: 5 });
    const { partOf, trainingExamples } = split.split(0, 1);
    expect(trainingExamples).toBe(2);
    expect([0, 1, 5].map(partOf)).toEqual(['training', 'training', 'validation']);
  });
});
