/** What a model file says of itself, from its header and vocabulary. */
import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { ModelFacts } from '../../../src-shared/domain/inspection.ts';
import { fromNative } from '../../adapters/native/addon.ts';
import type { ExplorerSession } from './explorer-session.ts';
import type { QuestionContext } from './serve-questions.ts';

export async function describeModel(
  session: ExplorerSession,
  path: string,
  context: QuestionContext,
): Promise<Outcome<ModelFacts>> {
  const model = await session.model(path, context);
  if (!model.ok) return model;
  const { info } = model.value;
  const end = info.eosId === null ? null : fromNative(model.value.pieces(Int32Array.of(info.eosId)));
  return ok({
    path,
    name: info.name ?? basename(path).replace(/\.gguf$/i, ''),
    architecture: info.architecture,
    parameters: info.parameters,
    quantization: info.quantization,
    fileBytes: statSync(path).size,
    weightBytes: info.weightBytes,
    contextLength: info.contextLength,
    layers: info.layers,
    vocabularySize: info.vocabularySize,
    vocabularyOnly: info.parameters === 0,
    hasTemplate: info.chatTemplate !== null,
    endToken: end?.ok ? Buffer.from(end.value.bytes).toString('utf8') : null,
    targetModules: [...info.targetModules],
    untrainableReason: info.untrainableReason,
  });
}
