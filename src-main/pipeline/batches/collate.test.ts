import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { MicroBatch } from '../../../src-shared/domain/batch.ts';
import { type CollatedExample, collatePacked, collatePadded } from './collate.ts';
import { randomCases } from './random-cases.ts';
import { planTraining } from './training-plan.ts';

const example = (inputIds: number[], labels: number[]): CollatedExample => ({
  inputIds: Int32Array.from(inputIds),
  labels: Int32Array.from(labels),
});

describe('collatePadded', () => {
  it('pads at the end and masks padding by its place, even where pad is a trained token', () => {
    const batch = collatePadded([example([1, 2, 7], [-100, 2, 7]), example([4], [4])], 7);
    expect(batch).toMatchObject({ batchSize: 2, length: 3, tokens: 4, trainableTokens: 2 });
    expect([...batch.inputIds]).toEqual([1, 2, 7, 4, 7, 7]);
    expect([...batch.labels]).toEqual([-100, 2, 7, 4, -100, -100]);
    expect([...batch.positionIds]).toEqual([0, 1, 2, 0, 1, 2]);
    expect([...batch.sequenceIds]).toEqual([0, 0, 0, 0, -1, -1]);
  });
});

describe('collatePacked', () => {
  it('gives each example a sequence and positions of its own, and masks its first label', () => {
    const rows = [[example([1, 2], [1, 2]), example([3, 4, 5], [3, 4, 5])], [example([6, 7], [-100, 7])]];
    const batch = collatePacked(rows, 9);
    expect(batch).toMatchObject({ batchSize: 2, length: 5, tokens: 7, trainableTokens: 4 });
    expect([...batch.inputIds]).toEqual([1, 2, 3, 4, 5, 6, 7, 9, 9, 9]);
    expect([...batch.labels]).toEqual([-100, 2, -100, 4, 5, -100, 7, -100, -100, -100]);
    expect([...batch.positionIds]).toEqual([0, 1, 0, 1, 2, 0, 1, 0, 0, 0]);
    expect([...batch.sequenceIds]).toEqual([0, 0, 1, 1, 1, 0, 0, -1, -1, -1]);
  });
});

describe('padding and packing', () => {
  it('carry the same tokens, labels and positions of every example (100 random data sets)', () => {
    for (const { name, options, examples } of randomCases(100)) {
      const carried = (strategy: 'pad' | 'pack') =>
        [...planTraining({ ...options, strategy }).microBatchesOf(0)].flatMap(rows => {
          const members = rows.map(row => row.map(i => examples[i] ?? example([], [])));
          return sequencesOf(
            strategy === 'pack' ? collatePacked(members, 0) : collatePadded(members.flat(), 0),
          );
        });
      const expected = examples.map(({ inputIds, labels }) =>
        [...inputIds].map((id, i) => `${id} ${i === 0 ? -100 : labels[i]} ${i}`).join(),
      );
      expect(carried('pad').sort(), name).toEqual([...expected].sort());
      expect(carried('pack').sort(), name).toEqual([...expected].sort());
    }
  });
});

/** What each sequence of a batch holds: token, label (none at its start) and position. */
function sequencesOf({
  batchSize,
  length,
  inputIds,
  labels,
  positionIds,
  sequenceIds,
}: MicroBatch): string[] {
  const sequences = new Map<string, string[]>();
  for (let cell = 0; cell < batchSize * length; cell++) {
    if (sequenceIds[cell] === -1) continue;
    const key = `${Math.floor(cell / length)}/${sequenceIds[cell]}`;
    const cells = sequences.get(key) ?? [];
    const label = cells.length === 0 ? -100 : labels[cell];
    cells.push(`${inputIds[cell]} ${label} ${positionIds[cell]}`);
    sequences.set(key, cells);
  }
  return [...sequences.values()].map(cells => cells.join());
}

const references = join(
  import.meta.dirname,
  '..',
  '..',
  '..',
  '..',
  'shared',
  'data',
  'labels',
  'collators.json',
);

interface Collated {
  readonly input_ids: readonly (readonly number[])[];
  readonly attention_mask: readonly (readonly number[])[];
  readonly labels: readonly (readonly number[])[];
}

interface ReferenceCase extends Collated {
  readonly id: string;
  readonly pad_id: number;
  readonly side: string;
  readonly features: readonly (readonly number[])[];
}

describe.skipIf(!existsSync(references))("Hugging Face's collators", () => {
  const { cases } = existsSync(references)
    ? (JSON.parse(readFileSync(references, 'utf8')) as { cases: ReferenceCase[] })
    : { cases: [] };
  const caseOf = (id: string) => cases.find(one => one.id === id);
  const rowsOf = (batch: MicroBatch, cells: Int32Array) =>
    Array.from({ length: batch.batchSize }, (_, row) => [
      ...cells.subarray(row * batch.length, (row + 1) * batch.length),
    ]);
  const compare = (batch: MicroBatch, expected: Collated) => {
    expect(rowsOf(batch, batch.inputIds)).toEqual(expected.input_ids);
    expect(rowsOf(batch, batch.labels)).toEqual(expected.labels);
    expect(
      rowsOf(
        batch,
        batch.sequenceIds.map(id => (id === -1 ? 0 : 1)),
      ),
    ).toEqual(expected.attention_mask);
  };

  it.each(['hf_lm_qwen_pad_ne_eos', 'hf_lm_zephyr_pad_is_unk'])(
    'pad whole texts as collatePadded does where pad is no token of the text: %s',
    id => {
      const one = caseOf(id);
      if (!one) throw new Error(`${id} is missing`);
      compare(
        collatePadded(
          one.features.map(ids => example([...ids], [...ids])),
          one.pad_id,
        ),
        one,
      );
    },
  );

  it('pad given labels as collatePadded does (DataCollatorForSeq2Seq)', () => {
    const [one, given] = [caseOf('s2s_with_labels'), caseOf('hf_lm_overwrites_labels')];
    const { result } = one as unknown as { result: Collated };
    const { features } = given as unknown as { features: { input_ids: number[]; labels: number[] }[] };
    const batch = collatePadded(
      features.map(({ input_ids, labels }) => example(input_ids, labels)),
      151643,
    );
    compare(batch, result);
  });

  it.each(['hf_lm_qwen_pad_eq_eos', 'hf_lm_zephyr_pad_eq_eos'])(
    'lose the end tokens where pad is the end token; collatePadded keeps them: %s',
    id => {
      const one = caseOf(id);
      if (!one) throw new Error(`${id} is missing`);
      const batch = collatePadded(
        one.features.map(ids => example([...ids], [...ids])),
        one.pad_id,
      );
      expect(rowsOf(batch, batch.inputIds)).toEqual(one.input_ids);
      const ends = one.features.flat().filter(token => token === one.pad_id).length;
      expect(one.labels.flat().filter(label => label === one.pad_id)).toHaveLength(0);
      expect(batch.labels.filter(label => label === one.pad_id)).toHaveLength(ends);
    },
  );
});
