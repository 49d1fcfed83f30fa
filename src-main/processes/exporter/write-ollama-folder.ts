/** A folder for `ollama create`: the merged model and its Modelfile. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import { encodeModelfile } from '../../pipeline/export/encode-modelfile.ts';
import { learnTurns } from '../../pipeline/export/learn-turns.ts';
import { type ExportContent, OLLAMA_MODEL_FILE } from '../../pipeline/job-results.ts';
import { contextJson } from '../../pipeline/render/chat-template.ts';
import type { JobContext } from '../child-channel.ts';
import { openLabeller } from '../preparer/open-labeller.ts';
import { writeMergedModel } from './write-merged-model.ts';

type OllamaContent = Extract<ExportContent, { format: 'ollama' }>;

/** Errors: those of the template, and of merging. */
export async function writeOllamaFolder(
  content: OllamaContent,
  directory: string,
  context: JobContext,
): Promise<Outcome<null>> {
  const modelfile = await modelfileOf(content, context.nativeDirectory);
  if (!modelfile.ok) return modelfile;
  const folder = join(directory, content.fileName);
  mkdirSync(folder);
  const merged = await writeMergedModel(
    { ...content, format: 'gguf', fileName: OLLAMA_MODEL_FILE },
    folder,
    context,
  );
  if (!merged.ok) return merged;
  writeFileSync(join(folder, 'Modelfile'), modelfile.value);
  return ok(null);
}

async function modelfileOf(
  { recipe, now }: OllamaContent,
  nativeDirectory: string,
): Promise<Outcome<string>> {
  const opened = await openLabeller(recipe, 'prompt-completion', nativeDirectory, now);
  if (!opened.ok) return opened;
  const { options, model } = opened.value;
  const { template, context, endTexts } = options;
  const bos = model.info.addBos ? String(context['bos_token'] ?? '') : '';
  const turns =
    template &&
    learnTurns((messages, prompt) => {
      const rendered = template.render(contextJson(template, context, { messages }, prompt));
      return rendered.ok ? rendered.value : null;
    }, bos);
  opened.value.dispose();
  const { systemPrompt } = recipe.dataset;
  return ok(encodeModelfile({ modelFile: OLLAMA_MODEL_FILE, turns, stopTexts: endTexts, systemPrompt }).text);
}
