/** Opens model and trainer where the recipe says; with `auto`, on the processor where the GPU cannot. */
import { type CodedError, type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { Recipe } from '../../../src-shared/recipe/schema.ts';
import { type Addon, fromNative, type NativeModel, type NativeTrainer } from '../../adapters/native/addon.ts';
import { chooseDevice, fellBackToProcessor, type RunWarning } from '../../adapters/native/choose-device.ts';
import type { JobContext } from '../child-channel.ts';

export interface OpenedTrainer {
  readonly model: NativeModel;
  readonly trainer: NativeTrainer;
  /** The device in words: `the processor`. */
  readonly where: string;
}

type Device = ReturnType<Addon['devices']>[number];
type CreateTrainer = (model: NativeModel) => Promise<Outcome<NativeTrainer>>;

/**
 * Every device that is not used though it could be, and every operation that a GPU leaves to the processor, is
 * a warning of the run. Errors: those of `chooseDevice`, `Model.open` and `Trainer.create`.
 */
export async function openOnDevice(
  addon: Addon,
  recipe: Recipe,
  context: JobContext,
  createTrainer: CreateTrainer,
  choose: typeof chooseDevice = chooseDevice,
): Promise<Outcome<OpenedTrainer>> {
  const wanted = recipe.device.backend;
  const chosen = choose(wanted, addon, context.nativeDirectory);
  if (!chosen.ok) return chosen;
  const { device, warnings } = chosen.value;
  for (const warning of warnings) warn(context, warning);
  const opened = await openOn(device, addon, recipe, context, createTrainer);
  if (opened.ok || device === null || wanted !== 'auto' || !isOfDevice(opened.error)) return opened;
  warn(context, fellBackToProcessor(opened.error));
  return openOn(null, addon, recipe, context, createTrainer);
}

async function openOn(
  device: Device | null,
  addon: Addon,
  recipe: Recipe,
  context: JobContext,
  createTrainer: CreateTrainer,
): Promise<Outcome<OpenedTrainer>> {
  const path = recipe.model.path;
  const model = fromNative(
    await addon.Model.open(path, { vocabularyOnly: false, device: device?.name ?? null }),
  );
  if (!model.ok) return model;
  const { info } = model.value;
  context.log(`loaded ${info.architecture}, ${info.parameters} parameters, ${info.quantization}`);
  const trainer = await createTrainer(model.value);
  if (!trainer.ok) {
    model.value.dispose();
    return trainer;
  }
  const where = device === null ? 'the processor' : `${device.description} (${device.backend})`;
  context.log(`training on ${where}`);
  const { fallbacks } = trainer.value.placement;
  if (device !== null && fallbacks.length > 0) warn(context, leftToProcessor(device, fallbacks));
  return ok({ model: model.value, trainer: trainer.value, where });
}

function warn(context: JobContext, { code, message }: RunWarning): void {
  context.emit({ type: 'warning', code, message });
}

function isOfDevice(error: CodedError): boolean {
  return error.code.startsWith('device.');
}

type Fallbacks = NativeTrainer['placement']['fallbacks'];

function leftToProcessor(device: Device, fallbacks: Fallbacks): RunWarning {
  const list = fallbacks.map(({ operation, nodes }) => `${operation} × ${nodes}`).join(', ');
  const bytes = fallbacks.reduce((sum, { movedBytes }) => sum + movedBytes, 0);
  return {
    code: 'device.operationsOnProcessor',
    message: `${device.description} cannot compute ${list}: the processor does, and up to ${(bytes / 1e6).toFixed(1)} MB cross between their memories at each micro-batch, which costs time.`,
  };
}
