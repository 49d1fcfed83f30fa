/** `luthier models`: the GGUF files of this machine, and which of them can be trained. */
import { statSync } from 'node:fs';
import { CodedException } from '../../../../src-shared/contract/coded-error.ts';
import type { ListedModel } from '../../../../src-shared/domain/inspection.ts';
import { listModels } from '../../../backend/list-models.ts';
import { showSettings } from '../../../backend/settings/change-settings.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';

export async function modelsCommand(context: CommandContext, folders: readonly string[]): Promise<ExitCode> {
  const { output, parts, signal } = context;
  const chosen = folders.map(folder => context.at(folder));
  const missing = chosen.find(folder => !statSync(folder, { throwIfNoEntry: false })?.isDirectory());
  if (missing !== undefined) {
    throw new CodedException({
      code: 'arguments.notReadable',
      title: 'A folder of the arguments cannot be read.',
      cause: `${missing} is no folder.`,
      remedy: 'Check the path.',
    });
  }
  for (const folder of showSettings(parts).missingFolders) {
    process.stderr.write(`${folder} of the settings is not there now.\n`);
  }
  const models = await listModels(parts.models, parts.workers.preparer, chosen, {
    signal,
    onProgress: output.progress,
  });
  if (output.json) await output.document({ models });
  if (models.length === 0) output.text('No GGUF files were found. Name a folder: luthier models FOLDER.');
  for (const model of models) output.text(asText(model));
  return EXIT.done;
}

function asText(model: ListedModel): string {
  const facts = [
    model.architecture,
    model.parameters === null ? null : readable(model.parameters),
    model.quantization,
    model.contextLength === null ? null : `context ${model.contextLength}`,
  ].filter(Boolean);
  return [
    `${model.trainable ? 'trainable    ' : 'not trainable'}  ${model.name}${facts.length > 0 ? `  (${facts.join(', ')})` : ''}`,
    `               ${model.path}`,
    ...(model.reason === null ? [] : [`               ${model.reason}`]),
  ].join('\n');
}

/** 1235814400 → 1.2B */
function readable(parameters: number): string {
  if (parameters >= 1e9) return `${(parameters / 1e9).toFixed(1)}B`;
  if (parameters >= 1e6) return `${(parameters / 1e6).toFixed(0)}M`;
  return `${(parameters / 1e3).toFixed(0)}K`;
}
