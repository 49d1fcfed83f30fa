/** Which presets can be put in Ollama's language, exactly. */
import { expect, it } from 'vitest';
import { loadAddon } from '../src-main/adapters/native/addon.ts';
import { learnTurns } from '../src-main/pipeline/export/learn-turns.ts';
import { contextJson, probeTemplate } from '../src-main/pipeline/render/chat-template.ts';
import { compileTemplate } from '../src-main/processes/preparer/native-labelling.ts';
import { orThrow } from '../src-shared/contract/coded-error.ts';
import { findPreset, PRESET_NAMES } from '../src-shared/templates/presets.ts';
import { nativeDirectory } from './labelling.ts';

const CONTEXT = { bos_token: '<s>', eos_token: '</s>' };

/** One refuses system messages, the other puts them in front of the last question. */
const WITHOUT_RULE = ['gemma', 'mistral-nemo'];

it.each(PRESET_NAMES)('%s is what fixed texts around messages make of it, or is said not to be', name => {
  const addon = orThrow(loadAddon(nativeDirectory));
  const template = probeTemplate(orThrow(compileTemplate(addon, findPreset(name)?.source ?? '', 0)), CONTEXT);
  const turns = learnTurns((messages, prompt) => {
    const rendered = template.render(contextJson(template, CONTEXT, { messages }, prompt));
    return rendered.ok ? rendered.value : null;
  }, CONTEXT.bos_token);
  expect(turns === null).toBe(WITHOUT_RULE.includes(name));
});
