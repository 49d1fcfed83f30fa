// The built command line as a part of the bench starts it.
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../setup.mjs';
import { measureFamily } from './process-family.mjs';

/** The Qwen2 vocabulary of the llama.cpp source that set-up unpacks. */
export const vocabulary = findVocabulary();

/**
 * Writes a recipe for rows, with the template of the vocabulary's own file; `validation: none`, so that all of
 * them are trained. Gives its path.
 */
export function writeRecipe(directory, rows, name = 'bench') {
  const path = join(directory, `${name}.luthier.yaml`);
  const [model, data] = [vocabulary, rows].map(value => JSON.stringify(value));
  writeFileSync(path, `version: 1\nmodel: {path: ${model}}\ndataset: {path: ${data}, validation: none}\n`);
  return path;
}

/** One run of `luthier …`, measured. Throws where it ends with an error. */
export async function luthier(...args) {
  const run = await measureFamily(process.execPath, [join(root, 'out', 'main', 'cli.js'), ...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  if (run.code !== 0 && run.code !== 2)
    throw new Error(`luthier ${args[0]} ended with ${run.code}: ${run.stdout}`);
  return run;
}

function findVocabulary() {
  const build = join(root, 'build');
  const source = readdirSync(build).find(name => name.startsWith('llama.cpp-'));
  const path = join(build, source ?? '', 'models', 'ggml-vocab-qwen2.gguf');
  if (!existsSync(path)) throw new Error(`There is no ${path}; npm run setup unpacks it.`);
  return path;
}
