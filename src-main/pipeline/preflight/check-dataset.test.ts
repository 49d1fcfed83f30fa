import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../src-shared/domain/conversation.ts';
import type { LabelledExample } from '../../../src-shared/domain/labels.ts';
import { recipeSchema } from '../../../src-shared/recipe/schema.ts';
import { checkDataset, worstFirst } from './check-dataset.ts';
import { DatasetCounter } from './count-dataset.ts';
import type { DataFacts } from './preflight-facts.ts';

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

function check(examples: readonly LabelledExample[], rest: Partial<DataFacts> = {}) {
  const counts = count(examples).counts();
  const facts: DataFacts = {
    recipe: recipeSchema.parse({ version: 1, model: { path: 'm' }, dataset: { path: 'd' } }),
    format: 'messages',
    counts,
    trainingExamples: counts.kept,
    model: {
      architecture: 'llama',
      parameters: 1,
      weightBytes: 4,
      quantization: 'F32',
      vocabularySize: 10,
      contextLength: 0,
      embeddingLength: 1,
      feedForwardLength: 1,
      headLength: 1,
      layers: 1,
      heads: 1,
      keyValueHeads: 1,
      targetModules: ['attn_q'],
      untrainableReason: null,
      padId: null,
      eosId: 2,
    },
    template: null,
    missingMarker: null,
    expectsBos: true,
    ...rest,
  };
  return worstFirst(checkDataset(facts));
}

const severityOf = (id: string, examples: readonly LabelledExample[]) =>
  check(examples).find(verdict => verdict.id === id)?.severity;

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
  it('gives each check once, whatever it finds', () => {
    const ids = check([example(0, [-100, 2])]).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('blocks where no token is trained, and names the reason with its first row', () => {
    const dropped = [0, 1].map(row =>
      example(row, [-100], { dropped: 'noAssistant', problem: 'Only a question.' }),
    );
    const [worst] = check(dropped);
    expect(worst).toMatchObject({
      id: 'labels.none',
      severity: 'error',
      title: '0 of 2 examples have trained tokens.',
      rows: [0, 1],
    });
    expect(worst?.cause).toContain('2 of 2 rows have no assistant message');
    expect(worst?.cause).toContain('row 0 and 1 more: Only a question.');
  });

  it('counts the same problem with other numbers as one, most frequent first', () => {
    const rows = [
      example(0, [], { dropped: 'invalid', problem: 'Message 2 has no role.' }),
      example(1, [], { dropped: 'invalid', problem: 'The list is empty.' }),
      example(2, [], { dropped: 'invalid', problem: 'The list is empty.' }),
      example(3, [], { dropped: 'invalid', problem: 'The list is empty.' }),
      example(4, [], { dropped: 'invalid', problem: 'Message 7 has no role.' }),
    ];
    const cause = check(rows).find(({ id }) => id === 'data.invalid')?.cause;
    expect(cause).toContain(
      '5 cannot be read (row 1 and 2 more: The list is empty; row 0 and 1 more: Message 2 has no role)',
    );
  });

  it('blocks an empty file', () => {
    expect(check([])[0]).toMatchObject({ id: 'labels.none', cause: 'The file has no rows.' });
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

  it('blocks ids that bring no labels, since masking makes none for them', () => {
    const trace = {
      uncutTokens: 0,
      uncutTrainable: 0,
      firstTrained: -1,
      lastTrained: -1,
      proof: null,
      code: 'row.noLabels',
    };
    const rows = [example(0, [], { dropped: 'invalid', problem: 'No labels.', method: 'none', trace })];
    const collator = check(rows, { format: 'tokenized' }).find(({ id }) => id === 'labels.collator');
    expect(collator).toMatchObject({ severity: 'error', count: 1, rows: [0] });
  });

  it('says how the labels were found', () => {
    const proven = (row: number, proof: 'all' | 'contents') =>
      example(row, [-100, 2], {
        method: 'sentinels',
        trace: { uncutTokens: 2, uncutTrainable: 1, firstTrained: 1, lastTrained: 1, proof, code: null },
      });
    const rows = [
      proven(0, 'all'),
      proven(1, 'all'),
      proven(2, 'contents'),
      example(3, [-100, 2], { method: 'offsets' }),
    ];
    expect(check(rows).find(({ id }) => id === 'labels.method')).toMatchObject({
      severity: 'info',
      count: 4,
      title: 'Labels were found in 4 rows: 3 by marked renders, 1 by where the prompt ends.',
      cause: 'Proof: 2 with every text of the row marked; 1 with the contents marked, not the calls.',
    });
  });
});

describe('findings of single rows', () => {
  const withFindings = (row: number, findings: Finding[]) => example(row, [-100, 2], { findings });
  const plain = (row: number) => withFindings(row, []);
  const lost = (row: number) => withFindings(row, ['labels.contentLost', 'tokens.doubleBos']);

  it('are counted once a row, with the first rows', () => {
    const twice = withFindings(1, ['data.placeholder', 'data.placeholder']);
    const found = check([plain(0), twice]).find(({ id }) => id === 'data.placeholder');
    expect(found).toMatchObject({ severity: 'warning', count: 1, rows: [1] });
  });

  it('block where labels are spoilt in more than 30 % of the rows, and only warn for the rest', () => {
    const severities = (rows: LabelledExample[]) =>
      ['labels.contentLost', 'tokens.doubleBos'].map(id => severityOf(id, rows));
    const few = [0, 1, 2].map(lost).concat([3, 4, 5, 6, 7, 8, 9].map(plain));
    expect(severities(few)).toEqual(['warning', 'warning']);
    const many = [0, 1, 2, 3].map(lost).concat([4, 5, 6, 7, 8, 9].map(plain));
    expect(severities(many)).toEqual(['error', 'warning']);
  });

  it('yield to the same check of the whole dataset', () => {
    const rows = [0, 1].map(row => example(row, [-100, 3], { findings: ['tokens.endNotTrained'] }));
    const found = check(rows).filter(({ id }) => id === 'tokens.endNotTrained');
    expect(found).toMatchObject([{ title: 'No end token is trained.', count: 2 }]);
  });
});
