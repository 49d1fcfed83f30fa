/**
 * What a run will need at its peak, from the header of the model, the recipe and the lengths of the
 * examples. The constants were fitted to the peaks of 53 runs of the trainer on the processor (models of
 * 4 to 16 layers, F32 and F16, vocabularies of 2,048 and 32,000, ranks 16 and 128, 64 to 2,048 tokens): the
 * estimate lay between 3 % below them and, where few tokens of a small model are trained, 13 % above. BF16, Q8_0 and
 * Q4_K bases, gemma, gemma3, qwen3, dropout and padded batches were compared by `bench -- memory`. What attention
 * takes on a GPU was fitted to 12 runs with ggml's operations on the processor, not yet to a GPU.
 */
import type { PreflightReport } from '../../../src-shared/domain/preflight.ts';
import { resolveTargets } from '../adapter-targets.ts';
import { largestMicroBatch } from '../batches/largest-micro-batch.ts';
import { recomputesLayers } from '../gradient-checkpointing.ts';
import { memoryAmount, number } from './preflight-facts.ts';
import type { RunFacts } from './run-facts.ts';

/** How far the estimate may be off, as a share of it. */
export const UNCERTAINTY = 0.15;

/** Until a step was taken, or a run of the same model is in the history. */
export const TIME_UNKNOWN = 'Time per step is not known before the first step.';

const BYTES_PER_FLOAT = 4;
/** The process without a model in its first steps, as in the 53 runs. */
const YOUNG_PROGRAM_BYTES = 82 * 1024 ** 2;
/** What comes to it by a hundred steps, evaluations and checkpoints, 15 to 30 MiB; it shows where a model is tiny. */
export const GROWTH_BYTES = 18 * 1024 ** 2;
const PROGRAM_BYTES = YOUNG_PROGRAM_BYTES + GROWTH_BYTES;
/** Value, gradient and two moments; two more while an update is computed, and a little for the parts. */
const COPIES_OF_ADAPTER = 6.2;
const COPIES_WITHOUT_MOMENTS = 4.2;
/** The logits of so many trained tokens exist at a time: as many as fit 64 MiB, 8 to 512. */
const LOGITS_BYTES = 64 * 1024 ** 2;
const FEWEST_LOGITS = 8;
const MOST_LOGITS = 512;
const WITH_HEAD_NORMS = new Set(['qwen3', 'gemma3', 'gemma4', 'olmo2', 'exaone4']);
const WITH_NORMS_BEHIND = new Set(['gemma2', 'gemma3', 'gemma4', 'olmo2', 'exaone4']);
/** Where attention keeps its matrix, beside the one of each layer: those of the layer that is under way. */
const MATRICES_UNDER_WAY = 3.2;

export function estimateMemory(facts: RunFacts): PreflightReport['estimate'] {
  const { model, recipe } = facts;
  const batch = largestMicroBatch(recipe, facts.trainingLengths);
  const tokens = batch.rows * batch.length;
  const adapter = adapterFloats(facts) * BYTES_PER_FLOAT;
  const copies = recipe.training.optimizer === 'adamw' ? COPIES_OF_ADAPTER : COPIES_WITHOUT_MOMENTS;
  const pairs = keepsAttention(recipe) ? batch.rows * batch.length ** 2 * matricesPerPair(facts) : 0;
  const activations = (tokens * floatsPerToken(facts) + pairs) * BYTES_PER_FLOAT;
  const logits =
    Math.min(tokens, rowsOfLogits(model.vocabularySize)) * model.vocabularySize * BYTES_PER_FLOAT;
  const isRecomputed = recomputesLayers(recipe);
  return {
    memoryBytes: Math.round(PROGRAM_BYTES + model.weightBytes + adapter * copies + activations + logits),
    secondsPerStep: null,
    assumptions: [
      `Weights as they are in the file: ${memoryAmount(model.weightBytes)}.`,
      `The adapter with its gradient, the optimizer's moments and working copies: ${memoryAmount(adapter * copies)}.`,
      `Activations of the largest micro-batch, ${number(batch.rows)} rows of ${number(batch.length)} tokens, ${isRecomputed ? 'computed again layer by layer' : 'kept for every layer'}: ${memoryAmount(activations)}.`,
      `Logits of one part of the trained tokens: ${memoryAmount(logits)}; the program itself: ${memoryAmount(PROGRAM_BYTES)}.`,
      keepsAttention(recipe)
        ? 'On a GPU attention keeps a number for each pair of tokens; measured with the same operations on the processor.'
        : `Training on the processor; measured peaks lay within ${Math.round(UNCERTAINTY * 100)} % of the estimate.`,
      TIME_UNKNOWN,
    ],
  };
}

/**
 * Kept of each layer: its input, the inputs of its products and what attention and SwiGLU need for their
 * gradient; besides that, the gradients of the one layer that is under way.
 */
function floatsPerToken({ model, recipe }: Pick<RunFacts, 'model' | 'recipe'>): number {
  const { embeddingLength: width, heads, headLength, keyValueHeads } = model;
  const inner = innerWidth(model);
  const layers = adaptedLayers(model, recipe);
  const perRank = targetShapes({ model, recipe }).length * recipe.adapter.rank;
  const kept =
    2 * width +
    2 * heads * headLength +
    2 * keyValueHeads * headLength +
    2 * inner +
    perRank +
    normInputs(model) +
    droppedInputs({ model, recipe });
  const underWay = 2 * width + 4 * inner;
  return recomputesLayers(recipe) ? layers * width + kept + underWay : layers * kept + underWay;
}

/** What norms of queries and keys, and norms behind attention and feed-forward, keep beside the usual two norms. */
function normInputs({
  architecture,
  embeddingLength,
  heads,
  headLength,
  keyValueHeads,
}: RunFacts['model']): number {
  const ofHeads = WITH_HEAD_NORMS.has(architecture) ? (heads + keyValueHeads) * headLength : 0;
  return ofHeads + (WITH_NORMS_BEHIND.has(architecture) ? 2 * embeddingLength : 0);
}

/** With dropout each target keeps its own input, with the dropped places switched off. */
function droppedInputs({ model, recipe }: Pick<RunFacts, 'model' | 'recipe'>): number {
  if (recipe.adapter.dropout === 0) return 0;
  return targetShapes({ model, recipe }).reduce((sum, { inputs }) => sum + inputs, 0);
}

/** Our own attention, which needs no matrix, runs on the processor; `auto` goes on there where a GPU does not suffice. */
function keepsAttention({ device }: RunFacts['recipe']): boolean {
  return device.backend !== 'auto' && device.backend !== 'cpu';
}

/** Floats for each pair of tokens of a row: a matrix per head, in every layer that is kept. */
function matricesPerPair({ model, recipe }: RunFacts): number {
  const kept = recomputesLayers(recipe) ? 1 : adaptedLayers(model, recipe);
  return model.heads * (kept + MATRICES_UNDER_WAY);
}

/** A and B of each target: rank × (inputs + outputs). */
function adapterFloats(facts: RunFacts): number {
  const { model, recipe } = facts;
  const perRank = targetShapes(facts).reduce((sum, { inputs, outputs }) => sum + inputs + outputs, 0);
  return recipe.adapter.rank * perRank * adaptedLayers(model, recipe);
}

function targetShapes({ model, recipe }: Pick<RunFacts, 'model' | 'recipe'>) {
  const { embeddingLength: width, heads, headLength, keyValueHeads } = model;
  const [query, keyValue, inner] = [heads * headLength, keyValueHeads * headLength, innerWidth(model)];
  const shapes: Readonly<Record<string, { inputs: number; outputs: number }>> = {
    attn_q: { inputs: width, outputs: query },
    attn_k: { inputs: width, outputs: keyValue },
    attn_v: { inputs: width, outputs: keyValue },
    attn_qkv: { inputs: width, outputs: query + 2 * keyValue },
    attn_output: { inputs: query, outputs: width },
    ffn_gate: { inputs: width, outputs: inner },
    ffn_up: { inputs: width, outputs: inner },
    ffn_down: { inputs: inner, outputs: width },
  };
  const { modules } = resolveTargets(recipe.adapter.targetModules, model.targetModules);
  return modules.map(name => shapes[name] ?? { inputs: width, outputs: width });
}

function adaptedLayers({ layers }: RunFacts['model'], { adapter }: RunFacts['recipe']): number {
  return adapter.layers === 'all' ? layers : Math.min(layers, adapter.layers.last);
}

/** Four times the width is usual where a file does not give one number for all layers. */
function innerWidth({ feedForwardLength, embeddingLength }: RunFacts['model']): number {
  return feedForwardLength === 0 ? 4 * embeddingLength : feedForwardLength;
}

function rowsOfLogits(vocabularySize: number): number {
  const fitting = Math.floor(LOGITS_BYTES / (vocabularySize * BYTES_PER_FLOAT));
  return Math.min(MOST_LOGITS, Math.max(FEWEST_LOGITS, fitting));
}
