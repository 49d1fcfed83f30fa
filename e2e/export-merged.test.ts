import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { readGgufFileInfo } from 'node-llama-cpp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BackendParts } from '../src-main/backend/backend-parts.ts';
import { heldOutConversations } from '../src-main/backend/demo.ts';
import { exportRun } from '../src-main/backend/export/export-run.ts';
import { orThrow } from '../src-shared/contract/coded-error.ts';
import { MERGED_TYPES, type MergedType, type PredictionsVerification } from '../src-shared/domain/export.ts';
import { openParts } from './backend.ts';
import { addDemoRun } from './demo-run.ts';
import { createWorkspace, demoModel, root } from './luthier-process.ts';

/** The demo in full: what is compared on held-out prompts has to have learnt something. */
const workspace = createWorkspace('export-merged');
const work = { signal: new AbortController().signal };
let parts: BackendParts;
let run = '';
let adapterPath = '';

beforeAll(async () => {
  run = await addDemoRun(workspace.home);
  parts = openParts(workspace.home);
  adapterPath = parts.store.show(run)?.adapterPath ?? '';
}, 240_000);
afterAll(() => {
  parts?.workers.explorer.close();
  parts?.store.close();
  workspace.remove();
});

async function merged(
  weightType: MergedType,
): Promise<{ path: string; verification: PredictionsVerification }> {
  const output = join(workspace.directory, `${weightType}.gguf`);
  const request = { run, model: 'tuned', format: 'gguf', weightType, output, force: false } as const;
  const { verification } = orThrow(await exportRun(parts, request, work));
  return { path: output, verification };
}

async function greedyAnswers(modelPath: string, adapter: string | null): Promise<readonly string[]> {
  const recipe = orThrow(parts.checkRecipe(parts.store.show(run)?.recipe));
  const prompts = heldOutConversations(parts).map(({ prompt }) => prompt);
  const encoded = orThrow(await parts.workers.preparer.encode(recipe, prompts, work));
  const sampling = { temperature: 0, topP: 1, seed: 42 };
  const request = { modelPath, adapterPaths: [adapter], ...encoded, maxTokens: 256, sampling, threads: 1 };
  return orThrow(await parts.workers.inference.generate(request, work)).answers[0] ?? [];
}

describe('a merged model', () => {
  it('in float32 predicts what base and adapter do, within 1e-3, and not what the base does', async () => {
    const { path, verification } = await merged('F32');
    expect(verification.largestDifference).toBeLessThan(1e-3);
    expect(verification.sameChoice).toBe(1);
    const untuned = { modelPath: demoModel, adapterPath: null };
    const exported = { modelPath: path, adapterPath: null };
    const change = orThrow(await parts.workers.inference.verify({ reference: untuned, exported }, work));
    expect(change.largestDifference).toBeGreaterThan(0.5);
  });

  it('keeps template, vocabulary and every other key of the base, and names base and run', async () => {
    const { path } = await merged('keep');
    const kept = (await readGgufFileInfo(path)).metadata;
    const base = (await readGgufFileInfo(demoModel)).metadata;
    expect(kept.tokenizer).toEqual(base.tokenizer);
    expect(kept.general.base_model).toMatchObject({ count: 1, '0': { name: base.general.name } });
    const { base_model: _base, finetune, ...general } = kept.general as Record<string, unknown>;
    expect(finetune).toBe(parts.store.show(run)?.name);
    expect(general).toEqual(base.general);
    expect(kept.llama).toEqual(base.llama);
  });

  it('in Q8_0 gives the same greedy answers on the held-out prompts, but for 2 % at most', async () => {
    const { path } = await merged('Q8_0');
    expect(statSync(path).size).toBeLessThan(statSync(demoModel).size / 2);
    const expected = await greedyAnswers(demoModel, adapterPath);
    const found = await greedyAnswers(path, null);
    const same = expected.filter((answer, i) => answer === found[i]).length;
    expect(same / expected.length, `${same} of ${expected.length}`).toBeGreaterThanOrEqual(0.98);
  });

  it('goes to Ollama with a Modelfile that says what the template prints and where an answer ends', async () => {
    const output = join(workspace.directory, 'ollama');
    const request = {
      run,
      model: 'tuned',
      format: 'ollama',
      weightType: 'F32',
      output,
      force: false,
    } as const;
    const { files, verification } = orThrow(await exportRun(parts, request, work));
    expect(verification.largestDifference).toBeLessThan(1e-3);
    expect(files.map(({ path }) => path)).toEqual([join(output, 'Modelfile'), join(output, 'model.gguf')]);
    const text = readFileSync(join(output, 'Modelfile'), 'utf8');
    expect(text).toMatch(/^FROM \.\/model\.gguf\n/);
    expect(text).toMatch(/PARAMETER stop "[^"]+"/);
    // What the template itself prints around a message and in front of an answer stands in TEMPLATE.
    const recipe = orThrow(parts.checkRecipe(parts.store.show(run)?.recipe));
    const messages = [{ role: 'user' as const, content: 'Hello there' }];
    const question = { kind: 'prompt', recipe, messages } as const;
    const shown = orThrow(await parts.workers.explorer.ask<{ text: string }>(question, work.signal));
    const [before = '', after = ''] = shown.text.split('Hello there');
    const userBefore = /eq \.Role "user" \}\}(.*?)\{\{ \.Content/s.exec(text)?.[1];
    const header = /\{\{ end \}\}\{\{ end \}\}(.*?)"""/s.exec(text)?.[1];
    expect(userBefore).toBeTruthy();
    expect(header).toBeTruthy();
    expect(before.endsWith(userBefore ?? '?')).toBe(true);
    expect(after.endsWith(header ?? '?')).toBe(true);
  });

  it('comes in every type that is offered, which are those of the native part', async () => {
    const addon = createRequire(import.meta.url)(join(root, 'build', 'native', 'luthier.node'));
    const offered = MERGED_TYPES.filter(type => !['keep', 'F32', 'F16', 'BF16'].includes(type));
    expect(offered).toEqual(addon.quantizationTypes());
    for (const type of MERGED_TYPES.filter(name => !['keep', 'F32', 'Q8_0'].includes(name))) {
      const { verification } = await merged(type);
      expect(Number.isFinite(verification.divergence), type).toBe(true);
    }
  }, 240_000);

  it('leaves nothing behind where it is cancelled while it is written', async () => {
    const folder = join(workspace.directory, 'cancelled');
    const output = join(folder, 'x.gguf');
    const request = {
      run,
      model: 'tuned',
      format: 'gguf',
      weightType: 'Q4_K_M',
      output,
      force: false,
    } as const;
    const stop = new AbortController();
    mkdirSync(folder);
    const { exporter } = parts.workers;
    const stopped = {
      ...parts,
      workers: {
        ...parts.workers,
        exporter: {
          write: (...args: Parameters<typeof exporter.write>) => {
            setTimeout(() => stop.abort(), 20);
            return exporter.write(...args);
          },
        },
      },
    };
    const ended = await exportRun(stopped, request, { signal: stop.signal });
    expect(ended).toMatchObject({ ok: false, error: { code: 'job.cancelled' } });
    expect(readdirSync(folder)).toEqual([]);
  });
});
