import { describe, expect, it } from 'vitest';
import type { MicroBatch } from '../../../src-shared/domain/batch.ts';
import { collatePacked, collatePadded } from '../batches/collate.ts';
import { CollationProof, type ProvenExample } from '../batches/collation-proof.ts';
import { checkCollation } from './check-collation.ts';

const example = (row: number, ids: number[], labels = ids): ProvenExample => ({
  row,
  inputIds: Int32Array.from(ids),
  labels: Int32Array.from(labels),
});
const rows = [
  [example(0, [1, 2, 3]), example(1, [4, 5], [-100, 5])],
  [example(2, [6, 7, 8, 9], [-100, -100, 8, 9])],
];

/** Severities of the three checks for a batch of `rows`, after something was done to it. */
function severities(batch: MicroBatch, misplaced: readonly number[] = []) {
  const proof = new CollationProof();
  proof.add(rows, batch);
  const checks = checkCollation({ faults: proof.faults(), allTokens: 9, misplaced });
  return Object.fromEntries(checks.map(check => [check.id, { severity: check.severity, rows: check.rows }]));
}
const good = collatePacked(rows, 0);
const ok = { severity: 'ok', rows: [] };
const error = (...found: number[]) => ({ severity: 'error', rows: found });

/** The batch with some cells of one of its arrays replaced. */
function broken(name: 'inputIds' | 'labels' | 'positionIds' | 'sequenceIds', cells: Record<number, number>) {
  const values = good[name].slice();
  for (const [cell, value] of Object.entries(cells)) values[Number(cell)] = value;
  return { ...good, [name]: values };
}

describe('a collated batch', () => {
  it('passes where examples are isolated and whole, packed or padded', () => {
    expect(severities(good)).toEqual({ 'pack.labelsLost': ok, 'pack.leak': ok, 'pack.boundary': ok });
    const proof = new CollationProof();
    proof.add(
      rows.flat().map(one => [one]),
      collatePadded(rows.flat(), 0),
    );
    const checks = checkCollation({ faults: proof.faults(), allTokens: 9, misplaced: [] });
    expect(checks.map(check => check.severity)).toEqual(['ok', 'ok', 'ok']);
    expect(checks[0]?.title).toBe('Batches hold the 5 trained tokens of their examples.');
  });

  it('is a label lost where one is masked, a token another, or padding is trained', () => {
    expect(severities(broken('labels', { 4: -100 }))['pack.labelsLost']).toEqual(error(1));
    expect(severities(broken('inputIds', { 6: 1 }))['pack.labelsLost']).toEqual(error(2));
    const trainedPadding = { ...broken('labels', { 9: 0 }), sequenceIds: good.sequenceIds.with(9, 0) };
    expect(severities(trainedPadding)['pack.labelsLost']).toMatchObject({ severity: 'error' });
  });

  it('is a label lost where an example is in no batch, or in two', () => {
    expect(severities(good, [7])['pack.labelsLost']).toEqual(error(7));
  });

  it('is a leak where two examples are one sequence: labels then train across, too', () => {
    const merged = { ...broken('sequenceIds', { 3: 0, 4: 0 }), labels: good.labels.with(3, 4) };
    expect(severities(merged)).toEqual({
      'pack.labelsLost': error(),
      'pack.leak': error(1),
      'pack.boundary': error(1),
    });
  });

  it('is a leak where a part of one example is seen by another, or is taken for padding', () => {
    expect(severities(broken('sequenceIds', { 3: 0 }))['pack.leak']).toEqual(error(1));
    expect(severities(broken('sequenceIds', { 3: -1, 4: -1 }))['pack.leak']).toEqual(error(1));
  });

  it('is a leak where positions run on', () => {
    expect(severities(broken('positionIds', { 3: 3, 4: 4 }))['pack.leak']).toEqual(error(1));
  });

  it('crosses a boundary where the first token of a packed example keeps its label', () => {
    expect(severities(broken('labels', { 3: 4 }))).toEqual({
      'pack.labelsLost': ok,
      'pack.leak': ok,
      'pack.boundary': error(1),
    });
  });
});
