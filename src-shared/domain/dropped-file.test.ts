/** A dropped file must go to the place that can read it. */
import { expect, test } from 'vitest';
import { kindOfFile } from './dropped-file.ts';

test.each([
  ['/a/support.luthier.yaml', 'recipe'],
  ['C:\\runs\\B.YML', 'recipe'],
  ['/models/Base.Q4_K_M.GGUF', 'model'],
  ['/data/train.jsonl.gz', 'data'],
  ['/data/rows.parquet', 'data'],
  ['/pictures/cat.png', null],
  ['/yaml', null],
])('%s is a %s', (path, kind) => expect(kindOfFile(path)).toBe(kind));
