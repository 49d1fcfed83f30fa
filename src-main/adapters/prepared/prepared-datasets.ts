/** Prepared datasets as the backend reads them back. */
import { orThrow } from '../../../src-shared/contract/coded-error.ts';
import type { PreparedDatasets } from '../../backend/ports.ts';
import { planBatches } from './prepared-batches.ts';
import { PreparedDataset } from './prepared-reader.ts';

export const preparedDatasets: PreparedDatasets = {
  *examples(preparedPath) {
    const dataset = orThrow(PreparedDataset.open(preparedPath));
    try {
      for (let i = 0; i < dataset.meta.dataExamples; i++) yield dataset.read(i);
    } finally {
      dataset.close();
    }
  },
  *microBatches(preparedPath, recipe) {
    const dataset = orThrow(PreparedDataset.open(preparedPath));
    try {
      for (const { planned, batches } of planBatches(dataset, recipe).inOrder()) {
        for (const batch of batches) yield { step: planned.step, batch };
      }
    } finally {
      dataset.close();
    }
  },
};
