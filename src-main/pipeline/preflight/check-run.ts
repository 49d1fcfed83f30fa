/** Whether the adapter fits the model, the run sees enough of the data, and this machine has room for it. */
import { checkAdapter } from './check-adapter.ts';
import { estimateMemory, UNCERTAINTY } from './estimate-memory.ts';
import { fires, memoryAmount, number, passes, type Verdict } from './preflight-facts.ts';
import type { RunFacts } from './run-facts.ts';

export function checkRun(facts: RunFacts): Verdict[] {
  return [...checkAdapter(facts), checkSize(facts), checkMemory(facts)];
}

/** Fewer conversations than this are learnt by heart rather than learnt from. */
const FEW_EXAMPLES = 50;

function checkSize({ totals, trainingLengths, plan, recipe }: RunFacts): Verdict {
  const trainingExamples = trainingLengths.length;
  const id = 'data.small';
  const { kept } = totals;
  const seen = plan.stepsPerEpoch === 0 ? 1 : Math.min(1, plan.steps / plan.stepsPerEpoch);
  const unseen = Math.round(trainingExamples * (1 - seen));
  const isFew = kept > 0 && kept < FEW_EXAMPLES;
  const few = `${kept === 1 ? 'One example is' : `${number(kept)} examples are`} few: the model may learn them by heart. Add more, of the kind that it is to answer.`;
  if (seen < 1) {
    const why =
      recipe.training.maxSteps === null
        ? `training.epochs is ${recipe.training.epochs}.`
        : `training.maxSteps is ${number(recipe.training.maxSteps)}, an epoch takes ${number(plan.stepsPerEpoch)} steps.`;
    return fires(
      id,
      'warning',
      `The run sees ${percent(seen)} of the training examples.`,
      `${why} ${number(unseen)} of ${number(trainingExamples)} are never trained on.${isFew ? ` ${few}` : ''}`,
      { count: unseen, rows: [] },
    );
  }
  if (isFew)
    return fires(
      id,
      'warning',
      kept === 1 ? 'There is 1 example.' : `There are ${number(kept)} examples.`,
      few,
      { count: kept, rows: [] },
    );
  return passes(id, 'The run sees every training example.');
}

function percent(share: number): string {
  const value = share * 100;
  return `${value < 1 ? 'under 1' : Math.floor(value)} %`;
}

function checkMemory(facts: RunFacts): Verdict {
  const id = 'memory.exceeds';
  const { freeMemoryBytes, model } = facts;
  if (model.parameters === 0) return passes(id, 'A file without weights needs no memory for training.');
  const { memoryBytes } = estimateMemory(facts);
  const needs = `The run is estimated to need ${memoryAmount(memoryBytes)}`;
  if (freeMemoryBytes === null) return passes(id, `${needs}; how much is free, the system does not say.`);
  const fits = `${memoryAmount(freeMemoryBytes)} of memory are free.`;
  if (memoryBytes <= freeMemoryBytes) return passes(id, `${needs}, ${fits}`);
  const isCertain = memoryBytes > freeMemoryBytes * (1 + UNCERTAINTY);
  return fires(
    id,
    isCertain ? 'error' : 'warning',
    `${needs}, ${fits}`,
    isCertain
      ? 'It would end for want of memory. Close other programs, or make the run smaller.'
      : `The estimate may be off by ${Math.round(UNCERTAINTY * 100)} %, so that the run may end for want of memory. Close other programs, or make it smaller.`,
  );
}
