import { describe, expect, it } from 'vitest';
import type { LabelledExample } from '../../../src-shared/domain/labels.ts';
import { checkDataset } from './check-dataset.ts';
import { checkFindings, withFindings } from './check-findings.ts';
import { DatasetCounter } from './count-dataset.ts';

function example(row: number, labels: number[], rest: Partial<LabelledExample> = {}): LabelledExample {
  return {
    row,
    line: row + 1,
    inputIds: Int32Array.from(labels, (_, i) => i + 1),
    labels: Int32Array.from(labels),
    dropped: null,
    truncatedTokens: 0,
    method: 'tags',
    problem: '',
    findings: [],
    trace: null,
    ...rest,
  };
}

function count(examples: readonly LabelledExample[]) {
  const counter = new DatasetCounter(new Set([2]));
  for (const one of examples) counter.add(one);
  return counter;
}

const severityOf = (id: string, examples: readonly LabelledExample[]) => {
  const counter = count(examples);
  const kept = examples.filter(one => one.dropped === null).length;
  return checkDataset(counter.counts(kept)).find(check => check.id === id)?.severity;
};

describe('DatasetCounter', () => {
  it('adds up: kept + dropped = examples, labels at index 0 not counted', () => {
    const totals = count([
      example(0, [1, 2, -100]),
      example(1, [-100, 2]),
      example(2, [], { dropped: 'invalid', problem: 'no JSON' }),
      example(3, [-100, -100], { dropped: 'noAssistant', problem: 'no answer' }),
    ]).totals(7);
    expect(totals).toEqual({
      examples: 4,
      kept: 2,
      dropped: { invalid: 1, noAssistant: 1 },
      tokens: 5,
      trainableTokens: 2,
      truncatedExamples: 0,
      steps: 7,
      lengths: { p50: 2, p95: 3, max: 3 },
    });
  });
});

describe('checkDataset', () => {
  it('blocks where no token is trained, and names the reason with its first row', () => {
    const dropped = [0, 1].map(row =>
      example(row, [-100], { dropped: 'noAssistant', problem: 'Only a question.' }),
    );
    const [worst] = checkDataset(count(dropped).counts(0));
    expect(worst).toMatchObject({
      id: 'labels.none',
      severity: 'error',
      title: '0 of 2 examples have trained tokens.',
      cause: '2 of 2 rows have no assistant message. For example: row 0: Only a question.',
      rows: [0, 1],
    });
  });

  it('blocks an empty file', () => {
    expect(checkDataset(count([]).counts(0))[0]).toMatchObject({
      id: 'labels.none',
      cause: 'The file has no rows.',
    });
  });

  it('warns up to 30 % of rows without labels, then blocks', () => {
    const good = Array.from({ length: 7 }, (_, row) => example(row, [-100, 2]));
    const bad = (n: number) =>
      Array.from({ length: n }, (_, i) => example(7 + i, [], { dropped: 'invalid', problem: 'x' }));
    expect(severityOf('data.invalid', [...good, ...bad(3)])).toBe('warning');
    expect(severityOf('data.invalid', [...good, ...bad(4)])).toBe('error');
  });

  it('warns where no end token is trained', () => {
    expect(severityOf('tokens.endNotTrained', [example(0, [-100, -100, 3])])).toBe('warning');
    expect(severityOf('tokens.endNotTrained', [example(0, [-100, 2])])).toBe('ok');
  });
});

describe('checkFindings', () => {
  const lost = (row: number) =>
    example(row, [-100, 2], { findings: ['labels.contentLost', 'tokens.doubleBos'] });
  const plain = (row: number) => example(row, [-100, 2]);

  it('counts each finding once a row and names the first rows', () => {
    const twice = example(1, [-100, 2], { findings: ['data.placeholder', 'data.placeholder'] });
    const [check] = checkFindings(count([plain(0), twice]).findings(), 2);
    expect(check).toMatchObject({ id: 'data.placeholder', severity: 'warning', count: 1, rows: [1] });
  });

  it('blocks where labels are spoilt in more than 30 % of the rows, and only warns for the rest', () => {
    const few = [0, 1, 2].map(lost).concat([3, 4, 5, 6, 7, 8, 9].map(plain));
    expect(checkFindings(count(few).findings(), 10).map(check => check.severity)).toEqual([
      'warning',
      'warning',
    ]);
    const many = [0, 1, 2, 3].map(lost).concat([4, 5, 6, 7, 8, 9].map(plain));
    expect(checkFindings(count(many).findings(), 10).map(({ id, severity }) => [id, severity])).toEqual([
      ['labels.contentLost', 'error'],
      ['tokens.doubleBos', 'warning'],
    ]);
  });

  it('takes the place of a check of the same id that passes, and yields to one that fires', () => {
    const check = (severity: 'ok' | 'warning', title: string) => ({
      id: 'tokens.endNotTrained',
      severity,
      title,
      cause: '',
      count: 0,
      rows: [],
      fixes: [],
    });
    const found = check('warning', 'some rows');
    expect(withFindings([check('ok', 'fine')], [found])).toEqual([found]);
    expect(withFindings([check('warning', 'no row at all')], [found])).toEqual([
      check('warning', 'no row at all'),
    ]);
  });
});
