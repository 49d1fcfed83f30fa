/** A recipe as the arguments of TRL's SFTConfig and PEFT's LoraConfig. */
import type { Recipe } from '../../../src-shared/recipe/schema.ts';
import { MODULES } from '../../adapters/peft/peft-layout.ts';

/** Names as in transformers' TrainingArguments, which SFTConfig extends. `layers` null: all. */
export function trlSettings({ training, collator, adapter }: Recipe, architecture: string) {
  const { layers } = adapter;
  return {
    sft: {
      num_train_epochs: training.epochs,
      max_steps: training.maxSteps ?? -1,
      per_device_train_batch_size: training.batchSize,
      per_device_eval_batch_size: training.batchSize,
      gradient_accumulation_steps: training.gradientAccumulationSteps,
      learning_rate: training.learningRate,
      lr_scheduler_type: training.scheduler === 'constant' ? 'constant_with_warmup' : training.scheduler,
      warmup_steps: training.warmupSteps,
      optim: training.optimizer === 'adamw' ? 'adamw_torch' : 'sgd',
      adam_beta1: training.betas[0],
      adam_beta2: training.betas[1],
      adam_epsilon: training.epsilon,
      weight_decay: training.weightDecay,
      max_grad_norm: training.maxGradNorm,
      neftune_noise_alpha: training.neftuneAlpha === 0 ? null : training.neftuneAlpha,
      gradient_checkpointing: training.gradientCheckpointing !== 'off',
      seed: training.seed,
      logging_steps: 1,
      ...every('eval', training.evaluateEverySteps),
      ...every('save', training.checkpointEverySteps),
      save_total_limit: training.keepCheckpoints,
      // Rows are cut already; packing alone needs to know how much fits into one.
      max_length: collator.strategy === 'pack' ? collator.maxLength : null,
      packing: collator.strategy === 'pack',
      report_to: [],
    },
    lora: {
      r: adapter.rank,
      lora_alpha: adapter.alpha,
      lora_dropout: adapter.dropout,
      use_rslora: adapter.rsLora,
      target_modules: targetModules(adapter.targetModules, architecture),
    },
    lastLayers: layers === 'all' ? null : layers.last,
  };
}

/** 0: at the end of each epoch. */
function every(what: 'eval' | 'save', steps: number) {
  return steps === 0
    ? { [`${what}_strategy`]: 'epoch' }
    : { [`${what}_strategy`]: 'steps', [`${what}_steps`]: steps };
}

/** attn_q → q_proj; phi3 keeps q, k and v in one weight, gate and up in another. */
function targetModules(modules: readonly string[], architecture: string): string[] {
  const isFused = architecture === 'phi3';
  const names = modules.map(module => {
    if (isFused && /^attn_(q|k|v)$/.test(module)) return 'qkv_proj';
    if (isFused && /^ffn_(gate|up)$/.test(module)) return 'gate_up_proj';
    const path = Object.keys(MODULES).find(key => MODULES[key] === module);
    return path?.split('.')[1] ?? module;
  });
  return [...new Set(names)];
}
