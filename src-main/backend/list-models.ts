/** The models on this machine, and of each whether it can be trained. */
import { basename } from 'node:path';
import { CodedException, type Outcome } from '../../src-shared/contract/coded-error.ts';
import type { ListedModel } from '../../src-shared/domain/inspection.ts';
import type { InspectedModel } from '../pipeline/job-results.ts';
import type { DatasetPreparer, ModelFile, ModelFinder, WorkOptions } from './ports.ts';

/** Files in the places of other programs and below the chosen folders. Throws a CodedException when stopped. */
export async function listModels(
  finder: ModelFinder,
  preparer: DatasetPreparer,
  folders: readonly string[],
  work: WorkOptions,
): Promise<ListedModel[]> {
  const files = await finder.find(folders, work.signal);
  const inspected = await inspectApart(
    preparer,
    files.map(({ path }) => path),
    work,
  );
  return files.map((file, index) => describe(file, inspected[index] ?? { refusal: 'It was not read.' }));
}

/** A file that ends the process that reads it is found by halves: the others are still listed. */
async function inspectApart(
  preparer: DatasetPreparer,
  paths: readonly string[],
  work: WorkOptions,
): Promise<InspectedModel[]> {
  if (paths.length === 0) return [];
  const outcome: Outcome<readonly InspectedModel[]> = await preparer.inspectModels(paths, work);
  if (work.signal.aborted) {
    throw new CodedException({
      code: 'job.cancelled',
      title: 'The work was cancelled.',
      cause: 'It was asked to stop.',
      remedy: 'Start it again when you like.',
    });
  }
  if (outcome.ok) return [...outcome.value];
  if (paths.length === 1) return [{ refusal: `${outcome.error.title} ${outcome.error.cause}` }];
  const middle = Math.ceil(paths.length / 2);
  return [
    ...(await inspectApart(preparer, paths.slice(0, middle), work)),
    ...(await inspectApart(preparer, paths.slice(middle), work)),
  ];
}

function describe({ path, name }: ModelFile, inspected: InspectedModel): ListedModel {
  const fileName = path.replace(/^.*[/\\]/, '').replace(/\.gguf$/i, '');
  if ('refusal' in inspected) {
    return {
      path,
      name: name ?? fileName,
      architecture: null,
      parameters: null,
      quantization: null,
      contextLength: null,
      trainable: false,
      // The list has its path already, and no room for it.
      reason: inspected.refusal.replaceAll(path, basename(path)),
    };
  }
  const { architecture, parameters, quantization, contextLength, untrainableReason } = inspected.facts;
  return {
    path,
    name: name ?? inspected.facts.name ?? fileName,
    architecture,
    parameters,
    quantization,
    contextLength: contextLength === 0 ? null : contextLength,
    trainable: untrainableReason === null,
    reason: untrainableReason,
  };
}
