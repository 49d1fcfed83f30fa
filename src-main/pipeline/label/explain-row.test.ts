import { expect, it } from 'vitest';
import type { Row } from '../../../src-shared/domain/conversation.ts';
import type { LabelOptions } from '../label-row.ts';
import { explainRow } from './explain-row.ts';

const row: Row = {
  row: 0,
  line: 1,
  findings: [],
  kind: 'tokenized',
  inputIds: [9, 1, 2, 3, 4, 5, 6],
  labels: [-100, -100, -100, -100, 4, 5, -100],
};

function statesWith(truncation: LabelOptions['truncation'], maxLength: number): string[] {
  const tokenizer = { bosId: 9, vocabularySize: 10 };
  const options = { tokenizer, truncation, maxLength } as unknown as LabelOptions;
  return explainRow(row, options, 0, 0).runs.map(({ from, to, state }) => `${from}-${to} ${state}`);
}

it('shows what prompt-first cuts behind the BOS and behind the answer as cut, and the rest as kept', () => {
  expect(statesWith('prompt-first', 4)).toEqual([
    '0-1 masked',
    '1-3 cut',
    '3-4 masked',
    '4-6 trained',
    '6-7 cut',
  ]);
});

it('shows the cut end, the cut beginning, and nothing cut of a row that is dropped whole', () => {
  expect(statesWith('right', 5)).toEqual(['0-4 masked', '4-5 trained', '5-6 cut', '6-7 cut']);
  expect(statesWith('left', 5)).toEqual(['0-2 cut', '2-4 masked', '4-6 trained', '6-7 masked']);
  expect(statesWith('drop', 5)).toEqual(['0-4 masked', '4-6 trained', '6-7 masked']);
});
