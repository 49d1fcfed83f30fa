/** Loads the native addon, once per process, and turns its results into coded outcomes. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as Binding from '../../../src-native/binding.d.ts';
import { type CodedError, fail, type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';

export type Addon = typeof Binding;
export type NativeModel = Binding.Model;
export type NativeTrainer = Binding.Trainer;
export type NativeError = Binding.NativeError;
export type NativeResult<T> = Binding.Result<T>;

/** Errors: `addon.missing`, `addon.notLoadable`. */
export function loadAddon(directory: string): Outcome<Addon> {
  const path = join(directory, 'luthier.node');
  if (!existsSync(path)) {
    return fail({
      code: 'addon.missing',
      title: 'The native part of Luthier is missing.',
      cause: `There is no ${path}.`,
      remedy: 'Run `npm run setup` in the checkout, or install Luthier again.',
    });
  }
  try {
    return ok(createRequire(import.meta.url)(path) as Addon);
  } catch (error) {
    return fail({
      code: 'addon.notLoadable',
      title: 'The native part of Luthier does not load.',
      cause: error instanceof Error ? error.message : String(error),
      remedy: 'Run `npm run setup` again; it builds what does not fit this machine.',
    });
  }
}

/** The addon's own results say code and facts; the remedy is added here, beside the words users read. */
export function fromNative<T>(result: NativeResult<T>): Outcome<T> {
  return result.ok ? ok(result.value) : fail(describeNative(result.error));
}

const REMEDIES: Readonly<Record<string, { title: string; remedy: string }>> = {
  'model.notFound': { title: 'The model file is not there.', remedy: 'Check model.path.' },
  'model.notGguf': { title: 'The model is not a GGUF file.', remedy: 'Choose a file in GGUF format.' },
  'model.damaged': { title: 'The model file is damaged.', remedy: 'Download or copy it again.' },
  'model.loadFailed': {
    title: 'The model cannot be loaded.',
    remedy: 'Choose a model that this version of llama.cpp knows.',
  },
  'model.vocabOnly': {
    title: 'The model has a vocabulary but no weights.',
    remedy: 'Choose a GGUF with weights; this one is enough for every command but train, chat and export.',
  },
  'model.untrainable': {
    title: 'The model cannot be trained.',
    remedy: 'Choose another model; `luthier models` says of each whether it can be trained, and why not.',
  },
  'template.syntax': { title: 'The chat template has a syntax error.', remedy: 'Mend it at the line named.' },
  'template.refused': {
    title: 'The chat template refused the conversation.',
    remedy: 'Use another template.',
  },
  'template.failed': { title: 'The chat template failed.', remedy: 'Mend it, or use another template.' },
  'adapter.notAnAdapter': {
    title: 'The file is not an adapter.',
    remedy: 'Choose a LoRA adapter in GGUF format.',
  },
  'adapter.notFound': { title: 'The adapter file is not there.', remedy: 'Check adapter.init.' },
  'adapter.notGguf': {
    title: 'The adapter is not a GGUF file.',
    remedy: 'Choose a LoRA adapter in GGUF format, or a PEFT folder.',
  },
  'adapter.damaged': { title: 'The adapter file is damaged.', remedy: 'Download or copy it again.' },
  'adapter.optionsMismatch': {
    title: 'The adapter is not of the kind that the recipe asks for.',
    remedy:
      'Set adapter.rank, adapter.alpha, adapter.targetModules and adapter.layers as the adapter has them.',
  },
  'optimizer.mismatch': {
    title: 'The state of the optimizer does not fit the adapter.',
    remedy: 'Start a new run.',
  },
  'adapter.wrongModel': {
    title: 'The adapter is for another model.',
    remedy: 'Choose one made for this model.',
  },
  'adapter.shapeMismatch': {
    title: 'The adapter does not fit the model.',
    remedy: 'Choose one made for this model.',
  },
  'adapter.targetUnknown': {
    title: 'A target module does not exist in the model.',
    remedy: 'Take it out of adapter.targetModules.',
  },
  'trainer.outOfMemory': {
    title: 'There is not enough memory.',
    remedy: 'Lower training.batchSize or collator.maxLength.',
  },
  'device.notFound': {
    title: 'The device is not there.',
    remedy: 'Set device.backend to auto, or to one that `luthier doctor` lists.',
  },
  'device.outOfMemory': {
    title: 'The GPU has not enough memory.',
    remedy:
      'Lower training.batchSize or collator.maxLength, set training.gradientCheckpointing to on, choose a smaller or more quantized model, or set device.backend to cpu.',
  },
  'device.unsupportedOperation': {
    title: 'The GPU cannot compute what this model needs.',
    remedy: 'Set device.backend to cpu, or to another backend.',
  },
  'device.failed': {
    title: 'The GPU failed.',
    remedy: "Update the GPU's driver, or set device.backend to cpu.",
  },
  'file.writeFailed': { title: 'A file cannot be written.', remedy: 'Free space, or choose another folder.' },
  'merge.unsupported': {
    title: 'The adapter cannot be merged into this model.',
    remedy: 'Choose another type for the weights, or export the adapter by itself (gguf-adapter).',
  },
  'quantization.failed': {
    title: 'The merged model could not be quantized.',
    remedy: 'Choose another quantization, or none.',
  },
  'loss.notFinite': {
    title: 'The loss is not a number any more.',
    remedy: 'Lower training.learningRate, and look at the rows of this step.',
  },
  'gradient.notFinite': {
    title: 'The gradient is not a number any more.',
    remedy: 'Lower training.learningRate, and look at the rows of this step.',
  },
};

function describeNative(error: NativeError): CodedError {
  const known = REMEDIES[error.code];
  return {
    code: error.code,
    title: known?.title ?? 'The native part refused.',
    cause: error.message,
    remedy: known?.remedy ?? 'Report this with the details.',
    details: error.details,
  };
}
