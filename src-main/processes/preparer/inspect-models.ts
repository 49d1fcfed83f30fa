/** Reads the headers of model files, and says of each what it is or why it is refused. */
import { type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import { loadAddon } from '../../adapters/native/addon.ts';
import type { InspectedModel } from '../../pipeline/job-results.ts';
import { type JobContext, stopRequested } from '../child-channel.ts';

/** As many answers as paths, in their order; fewer only where a stop was asked for. */
export async function inspectModels(
  paths: readonly string[],
  context: JobContext,
): Promise<Outcome<InspectedModel[]>> {
  const addon = loadAddon(context.nativeDirectory);
  if (!addon.ok) return addon;
  const models: InspectedModel[] = [];
  for (const [index, path] of paths.entries()) {
    context.reportProgress({ phase: 'reading models', done: index, total: paths.length });
    if (await stopRequested(context.signal)) break;
    const facts = addon.value.inspectModel(path);
    models.push(facts.ok ? { facts: facts.value } : { refusal: facts.error.message });
  }
  return ok(models);
}
