/** Opens what labelling needs: the vocabulary of the model, the compiled template, its context. */
import { readFileSync } from 'node:fs';
import { fail, type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import { nearestName } from '../../../src-shared/recipe/nearest-name.ts';
import type { Recipe } from '../../../src-shared/recipe/schema.ts';
import { findPreset, PRESET_NAMES } from '../../../src-shared/templates/presets.ts';
import { type Addon, fromNative, loadAddon, type NativeModel } from '../../adapters/native/addon.ts';
import type { RowFormat } from '../../pipeline/import/import-options.ts';
import type { LabelOptions } from '../../pipeline/label-row.ts';
import { plainTurns } from '../../pipeline/preflight/plain-turns.ts';
import {
  type ChatTemplate,
  probeTemplate,
  type TemplateContext,
} from '../../pipeline/render/chat-template.ts';
import { compileTemplate, createTokenizer, tokenText } from './native-labelling.ts';

export interface Labeller {
  readonly model: NativeModel;
  readonly options: LabelOptions;
  /** The Jinja source in use; empty for tokenized rows. */
  readonly templateSource: string;
  readonly buildHash: string;
  dispose(): void;
}

/** Errors: the model's, `template.missing`, `template.notFound`, `template.syntax`, `template.eosUnknown`, `template.presetUnknown`. */
export async function openLabeller(
  recipe: Recipe,
  format: RowFormat,
  nativeDirectory: string,
  now: number,
): Promise<Outcome<Labeller>> {
  const addon = loadAddon(nativeDirectory);
  if (!addon.ok) return addon;
  const opened = fromNative(await addon.value.Model.open(recipe.model.path, { vocabularyOnly: true }));
  if (!opened.ok) return opened;
  const model = opened.value;
  const labeller = createLabeller(addon.value, model, recipe, format, now);
  if (labeller.ok) return ok({ ...labeller.value, dispose: () => model.dispose() });
  model.dispose();
  return labeller;
}

/**
 * The same for a model that is open already and stays its owner's. `ownSource` takes the place of the
 * template that the recipe names.
 */
export function createLabeller(
  addon: Addon,
  model: NativeModel,
  recipe: Recipe,
  format: RowFormat,
  now: number,
  ownSource: string | null = null,
): Outcome<Omit<Labeller, 'dispose'>> {
  const tokenizer = createTokenizer(model, recipe.template.eosToken);
  if (!tokenizer.ok) return tokenizer;

  const context: TemplateContext = {
    ...recipe.template.variables,
    bos_token: tokenText(tokenizer.value, tokenizer.value.bosId),
    eos_token: tokenText(tokenizer.value, tokenizer.value.eosId),
  };
  let template: ChatTemplate | null = null;
  if (needsTemplate(format)) {
    const source = ownSource === null ? templateSource(recipe, model) : ok(ownSource);
    if (source.ok) {
      const compiled = compileTemplate(addon, source.value, now);
      if (!compiled.ok) return compiled;
      template = probeTemplate(compiled.value, context);
    } else if (source.error.code !== 'template.missing' || needsTemplate(format) === 'always') {
      return source;
    }
  }
  const { masking, collator } = recipe;
  return ok({
    model,
    templateSource: template?.source ?? '',
    buildHash: addon.version().buildHash,
    options: {
      tokenizer: tokenizer.value,
      template,
      context,
      masking: masking.strategy,
      markers: masking.markers,
      trainOnEndOfTurn: masking.trainOnEndOfTurn,
      parseSpecialInContent: recipe.template.parseSpecialInContent,
      endTexts: [...tokenizer.value.endOfGenerationIds]
        .map(id => tokenText(tokenizer.value, id))
        .filter(text => text !== ''),
      expectsBos: tokenizer.value.addBos || ownTemplateBegins(addon, model, template, context, now),
      maxLength: collator.maxLength,
      truncation: collator.truncation,
    },
  });
}

/**
 * True where the model file's own template prints the begin token first, as some do whose vocabulary adds none:
 * their makers trained with it.
 */
function ownTemplateBegins(
  addon: Addon,
  { info }: NativeModel,
  inUse: ChatTemplate | null,
  context: TemplateContext,
  now: number,
): boolean {
  const begin = context['bos_token'];
  const own = info.chatTemplate;
  if (
    own === null ||
    typeof begin !== 'string' ||
    begin === '' ||
    (!own.includes('bos_token') && !own.includes(begin))
  )
    return false;
  const begins = (template: ChatTemplate) => plainTurns(template, context)?.text.startsWith(begin) ?? false;
  if (inUse?.source === own) return begins(inUse);
  const compiled = compileTemplate(addon, own, now);
  return compiled.ok && begins(probeTemplate(compiled.value, context));
}

/** Text and ids need none; pairs of prompt and completion only where they hold messages. */
function needsTemplate(format: string): 'always' | 'if-there-is-one' | null {
  if (format === 'tokenized' || format === 'text') return null;
  return format === 'prompt-completion' ? 'if-there-is-one' : 'always';
}

/** Larger files are no chat template. */
const LARGEST_TEMPLATE_BYTES = 1024 * 1024;

export function templateSource(recipe: Recipe, model: NativeModel): Outcome<string> {
  const { source, path, preset } = recipe.template;
  if (source === 'file' && path !== null) return readTemplate(path);
  if (source === 'preset') return presetSource(preset ?? '');
  const own = model.info.chatTemplate;
  if (own !== null) return ok(own);
  return fail({
    code: 'template.missing',
    title: 'The model file has no chat template.',
    cause: 'template.source is model, and the GGUF has no tokenizer.chat_template.',
    remedy: 'Set template.source to file and template.path to a Jinja template.',
  });
}

function presetSource(name: string): Outcome<string> {
  const preset = findPreset(name);
  if (preset) return ok(preset.source);
  const nearest = nearestName(name, PRESET_NAMES);
  return fail({
    code: 'template.presetUnknown',
    title: 'There is no such preset.',
    cause: `template.preset is ${JSON.stringify(name)}; the presets are ${PRESET_NAMES.join(', ')}.`,
    remedy: nearest === null ? 'Choose one of them.' : `Did you mean ${nearest}?`,
  });
}

function readTemplate(path: string): Outcome<string> {
  try {
    const text = readFileSync(path);
    if (text.length > LARGEST_TEMPLATE_BYTES)
      throw new Error(`${path} is larger than 1 MiB; it is no chat template.`);
    return ok(text.toString('utf8'));
  } catch (error) {
    return fail({
      code: 'template.notFound',
      title: 'The chat template cannot be read.',
      cause: error instanceof Error ? error.message : String(error),
      remedy: 'Check template.path.',
    });
  }
}
