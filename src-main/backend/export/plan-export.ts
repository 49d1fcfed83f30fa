/** What an export consists of, how much room it takes, and how closely it must agree. */
import { basename } from 'node:path';
import {
  type MergedType,
  type ModelFormat,
  WEIGHT_BITS,
  type WeightType,
} from '../../../src-shared/domain/export.ts';
import type { Recipe } from '../../../src-shared/recipe/schema.ts';
import type { ExportContent } from '../../pipeline/job-results.ts';

export interface ExportInputs {
  readonly runName: string;
  readonly recipe: Recipe;
  /** Seconds since 1970. */
  readonly now: number;
  readonly modelPath: string;
  readonly adapterPath: string;
  readonly adapterBytes: number;
  readonly modelBytes: number;
  /** Of the base, from its header. */
  readonly modelName: string | null;
  readonly parameters: number;
  /** Type of most weights, as llama.cpp names it. */
  readonly quantization: string;
}

interface Choice {
  readonly format: ModelFormat;
  readonly weightType: MergedType;
}

export function contentOf(choice: Choice, inputs: ExportInputs, fileName: string): ExportContent {
  const { modelPath, adapterPath, modelName, runName } = inputs;
  if (choice.format === 'gguf-adapter') return { format: choice.format, fileName, adapterPath };
  const baseName = modelName ?? basename(modelPath).replace(/\.gguf$/i, '');
  if (choice.format === 'peft') return { format: choice.format, fileName, modelPath, adapterPath, baseName };
  const { weightType } = choice;
  if (choice.format === 'ollama') {
    const { recipe, now } = inputs;
    const adapterName = runName;
    return {
      format: choice.format,
      fileName,
      modelPath,
      adapterPath,
      weightType,
      baseName,
      adapterName,
      recipe,
      now,
    };
  }
  return {
    format: choice.format,
    fileName,
    modelPath,
    adapterPath,
    weightType,
    baseName,
    adapterName: runName,
  };
}

/** Vocabulary and header, and tensors that get a larger type than the name says. */
const OVERHEAD = 1.1;

/** Bytes on the disk while it is written, the float model that a quantized one comes from included. */
export function neededBytes({ format, weightType }: Choice, inputs: ExportInputs): number {
  if (format === 'gguf-adapter') return inputs.adapterBytes;
  if (format === 'peft') return 2 * inputs.adapterBytes;
  if (weightType === 'keep') return inputs.modelBytes;
  const bytesAs = (type: WeightType) => (inputs.parameters * WEIGHT_BITS[type] * OVERHEAD) / 8;
  if (isFloat(weightType)) return bytesAs(weightType);
  return bytesAs(weightType) + (isFloat(inputs.quantization) ? inputs.modelBytes : bytesAs('F16'));
}

/**
 * Whether the export predicts the same but for the order of additions. A merged model in a smaller type is rounded;
 * one in float32 over a base in a smaller type is more exact than base and adapter.
 */
export function mustBeEqual({ format, weightType }: Choice, { quantization }: ExportInputs): boolean {
  if (format === 'gguf-adapter' || format === 'peft') return true;
  return quantization === 'F32' && (weightType === 'F32' || weightType === 'keep');
}

function isFloat(type: string): boolean {
  return type === 'F32' || type === 'F16' || type === 'BF16';
}
