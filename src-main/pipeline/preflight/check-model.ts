/** What preflight says of the model itself, from its header alone. */
import type { Check } from '../../../src-shared/domain/preflight.ts';

export interface ModelFacts {
  readonly architecture: string;
  readonly parameters: number;
  readonly weightBytes: number;
  readonly vocabularySize: number;
  readonly untrainableReason: string | null;
  readonly padId: number | null;
  readonly eosId: number | null;
}

export function checkModel(model: ModelFacts): Check[] {
  const none = { count: 0, rows: [], fixes: [] };
  const checks: Check[] = [];
  if (model.parameters === 0) {
    checks.push({
      ...none,
      id: 'model.vocabOnly',
      severity: 'info',
      title: 'The model file holds a vocabulary only.',
      cause: 'It is enough for every check; training needs a file with weights.',
    });
  } else if (model.untrainableReason !== null) {
    checks.push({
      ...none,
      id: 'model.untrainable',
      severity: 'error',
      title: 'The model cannot be trained.',
      cause: model.untrainableReason,
    });
  }
  if (model.padId !== null && model.padId === model.eosId) {
    checks.push({
      ...none,
      id: 'tokens.padIsEnd',
      severity: 'info',
      title: 'The pad token is the end token.',
      cause: 'That does no harm here: padding is masked by its place, not by its id.',
    });
  }
  return checks;
}
