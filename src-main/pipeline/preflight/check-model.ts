/** What the model file is: enough to check with, or to train. */
import { fires, type ModelFacts, passes, type Verdict } from './preflight-facts.ts';

export function checkModel(model: ModelFacts): Verdict[] {
  if (model.parameters === 0) {
    return [
      fires(
        'model.vocabOnly',
        'info',
        'The model file holds a vocabulary only.',
        'It is enough for every check; training needs a file with weights.',
      ),
    ];
  }
  if (model.untrainableReason === null) return [passes('model.untrainable', 'The model can be trained.')];
  return [fires('model.untrainable', 'error', 'The model cannot be trained.', model.untrainableReason)];
}
