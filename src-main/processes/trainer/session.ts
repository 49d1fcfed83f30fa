/** What every part of a run's training works with. */
import type { Recipe } from '../../../src-shared/recipe/schema.ts';
import type { NativeTrainer } from '../../adapters/native/addon.ts';
import type { PreparedDataset } from '../../adapters/prepared/prepared-reader.ts';
import type { JobContext } from '../child-channel.ts';
import type { RunKeeper } from './keep-run.ts';

export interface Session {
  readonly trainer: NativeTrainer;
  readonly dataset: PreparedDataset;
  readonly recipe: Recipe;
  readonly keeper: RunKeeper;
  readonly context: JobContext;
}
