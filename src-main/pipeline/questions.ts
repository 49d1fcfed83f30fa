/** What the studio asks while a recipe is written: one shape for the backend that asks and the process that answers. */
import type { RowSearch } from '../../src-shared/contract/draft-procedures.ts';
import type { Message } from '../../src-shared/domain/conversation.ts';
import type { Recipe } from '../../src-shared/recipe/schema.ts';

/** The recipe keys that decide how a row is read. */
export type DatasetKeys = Pick<
  Recipe['dataset'],
  'format' | 'columns' | 'roles' | 'systemPrompt' | 'systemRole'
>;

/** About data, labels and templates; the explorer answers many, one after the other. */
export type Question =
  | { readonly kind: 'describeModel'; readonly path: string }
  | {
      readonly kind: 'rows';
      readonly dataset: Recipe['dataset'];
      readonly from: number;
      readonly count: number;
    }
  | {
      readonly kind: 'example';
      readonly recipe: Recipe;
      readonly row: number;
      readonly part: number;
      readonly from: number;
      readonly count: number;
    }
  | { readonly kind: 'compare'; readonly recipe: Recipe; readonly rows: number }
  | {
      readonly kind: 'find';
      readonly recipe: Recipe;
      readonly preparedPath: string | null;
      readonly row: number;
      readonly backwards: boolean;
      readonly search: RowSearch;
    }
  | { readonly kind: 'map'; readonly preparedPath: string; readonly bars: number }
  | { readonly kind: 'render'; readonly recipe: Recipe; readonly source: string | null; readonly row: number }
  | { readonly kind: 'sources'; readonly recipe: Recipe }
  | { readonly kind: 'markers'; readonly recipe: Recipe }
  /** Text and tokens of a prompt by the recipe's template; the data is not looked at. */
  | { readonly kind: 'prompt'; readonly recipe: Recipe; readonly messages: readonly Message[] }
  /** Prompts of the rows that were held back from training. */
  | {
      readonly kind: 'heldOut';
      readonly recipe: Recipe;
      readonly preparedPath: string;
      readonly count: number;
    }
  | {
      readonly kind: 'batches';
      readonly recipe: Recipe;
      readonly preparedPath: string;
      readonly fromStep: number;
      readonly count: number;
    }
  | {
      readonly kind: 'batchOfRow';
      readonly recipe: Recipe;
      readonly preparedPath: string;
      readonly row: number;
    };
