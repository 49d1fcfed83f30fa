/**
 * The one typed face of the native addon (`luthier.node`), which wraps patched llama.cpp.
 *
 * Every call that can fail returns a {@link Result}; the addon throws only when the caller breaks
 * the types below or uses what it disposed of. Long work runs on a worker thread and returns a promise.
 * One `Trainer` may have one call under way at a time; another gets `trainer.busy`. Where llama.cpp fails
 * in a way that was not foreseen, any call may answer `native.failed`. Objects own native memory: whoever opens them disposes of them;
 * `dispose` may be called twice.
 */

export interface NativeError {
  /** Stable, dotted: `model.notGguf`, `batch.tokenOutOfRange`, `adapter.shapeMismatch`, … */
  readonly code: string;
  /** One sentence with the facts, in English, ready to show. */
  readonly message: string;
  /** The facts again, for programs: numbers and names only. */
  readonly details: Readonly<Record<string, string | number | boolean | null>>;
}

export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: NativeError };

export interface AddonVersion {
  readonly addon: string;
  /** The llama.cpp release that the addon was built from, for example `v0.4.0`. */
  readonly llamaCpp: string;
  /** SHA-256 over all build inputs (source release, patches, our C++, CMake files). */
  readonly buildHash: string;
  readonly compiler: string;
  /** CPU features that ggml was built with or detected, for `doctor`. */
  readonly cpuFeatures: readonly string[];
}

export interface Device {
  readonly name: string;
  readonly description: string;
  readonly backend: string;
  readonly kind: 'cpu' | 'gpu' | 'integrated-gpu' | 'accelerator';
  /** Name and version of the driver, where it tells. */
  readonly driver: string | null;
  /** Computes on the processor, as Vulkan's llvmpipe does though its kind is `gpu`. */
  readonly isSoftware: boolean;
  readonly memoryTotalBytes: number;
  readonly memoryFreeBytes: number;
}

export interface ModelInfo {
  readonly architecture: string;
  readonly name: string | null;
  readonly parameters: number;
  /** Type of most weight bytes, as llama.cpp names it: `F32`, `F16`, `BF16`, `Q8_0`, … */
  readonly quantization: string;
  readonly vocabularyOnly: boolean;
  readonly vocabularySize: number;
  readonly contextLength: number;
  readonly embeddingLength: number;
  /** 0 where the file gives one per layer. */
  readonly feedForwardLength: number;
  /** Elements of one head of K. */
  readonly headLength: number;
  readonly layers: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly weightBytes: number;
  /** The GGUF's `tokenizer.chat_template`, or null. */
  readonly chatTemplate: string | null;
  /** Token ids, or null where the vocabulary names none. */
  readonly bosId: number | null;
  readonly eosId: number | null;
  readonly padId: number | null;
  /** True where the GGUF asks for a BOS in front of plain text. */
  readonly addBos: boolean;
  readonly addEos: boolean;
  /** Every token that llama.cpp stops at (`llama_vocab_is_eog`), ascending. */
  readonly endOfGenerationIds: readonly number[];
  /** Null where this build can train the model; otherwise the reason in one sentence. */
  readonly untrainableReason: string | null;
  /** Names a LoRA can target in this model, for example `attn_q`. */
  readonly targetModules: readonly string[];
}

export interface SpecialToken {
  readonly id: number;
  readonly text: string;
  /** control (not for users to type), user-defined, or end-of-generation markers among them. */
  readonly kind: 'control' | 'user-defined' | 'unknown';
  /** Jinja/HF tokenizers strip white space on that side of the token where set. */
  readonly stripsLeft: boolean;
  readonly stripsRight: boolean;
}

export class Model {
  private constructor();
  /**
   * Opens a GGUF. The header's counts and offsets are checked against the file's size before
   * llama.cpp sees it. `device` names one of {@link devices} that the weights go to; absent: the
   * processor. Errors: `model.notFound`, `model.notGguf`, `model.damaged`, `model.loadFailed`,
   * `device.notFound`, `device.outOfMemory`.
   */
  static open(
    path: string,
    options: { readonly vocabularyOnly: boolean; readonly device?: string | null },
  ): Promise<Result<Model>>;
  /**
   * The model that another thread of this process opened and gave this number by `share`: the same memory,
   * each thread with an object of its own. Tokenizing is safe from several threads at once. Error:
   * `model.notShared`, also once everybody disposed of it.
   */
  static openShared(number: number): Result<Model>;
  /** The number by which other threads of this process find this model. */
  share(): number;
  readonly info: ModelInfo;
  /** Token ids of UTF-8 text. `addSpecial` adds BOS/EOS as the GGUF asks; `parseSpecial` turns spelled special tokens into their ids. */
  tokenize(
    text: string,
    options: { readonly addSpecial: boolean; readonly parseSpecial: boolean },
  ): Int32Array;
  /** The bytes of each token as it stands in running text (special tokens included), concatenated, with `offsets[i]..offsets[i+1]` delimiting token i. Errors: `tokens.outOfRange`. */
  pieces(ids: Int32Array): Result<{ readonly bytes: Uint8Array; readonly offsets: Uint32Array }>;
  /**
   * Tokens with their places, for a text that is cut already: `fragments` holds start and end (UTF-16 units,
   * ascending) and token of each, -1 for plain text, which is tokenized on its own without parsing special
   * tokens. `starts` and `ends` are UTF-8 byte offsets in the text; a space that the tokenizer puts in front of
   * a fragment takes no room. Null where the tokens of a fragment do not spell it.
   */
  placeTokens(
    text: string,
    fragments: Int32Array,
  ): { readonly inputIds: Int32Array; readonly starts: Uint32Array; readonly ends: Uint32Array } | null;
  /** The text of ids, as llama.cpp detokenizes it, special tokens spelled out. */
  detokenize(ids: Int32Array): Result<string>;
  specialTokens(): readonly SpecialToken[];
  dispose(): void;
}

export class ChatTemplate {
  private constructor();
  /** Parses Jinja source with llama.cpp's own engine. Errors: `template.syntax` with `line`. */
  static compile(source: string): Result<ChatTemplate>;
  /**
   * Renders with a JSON object as the global context (`messages`, `tools`, `add_generation_prompt`,
   * `bos_token`, `eos_token`, …); keys keep their order. `now` (seconds since 1970, UTC) is what
   * `strftime_now` prints. Errors: `template.refused` (the template's own `raise_exception`),
   * `template.failed`.
   */
  render(contextJson: string, options: { readonly now: number }): Result<string>;
  dispose(): void;
}

export interface TrainerOptions {
  readonly rank: number;
  readonly alpha: number;
  /** Scale by alpha/√rank instead of alpha/rank; stored in the GGUF as the alpha that gives the same scale. */
  readonly rsLora: boolean;
  readonly targetModules: readonly string[];
  /** Only the last N layers get an adapter; null: all. */
  readonly lastLayers: number | null;
  /** Seeds the adapter's random A (Kaiming uniform with a = √5, as PEFT does); B starts at zero. */
  readonly seed: number;
  /** GGUF adapter to start from instead; its rank, alpha and targets must agree with the options. */
  readonly initialAdapter: string | null;
  /**
   * The share of A's inputs that is switched off in `accumulate`, from 0 to below 1, the others scaled by 1/(1 − p), as
   * PEFT does. Which ones is a function of the seed, the updates done, the micro-batch since then, and the matrix.
   */
  readonly dropout: number;
  /** NEFTune: uniform noise of alpha/√(length · width) on the token embeddings in `accumulate`; 0: none. */
  readonly neftuneAlpha: number;
  readonly threads: number;
  readonly gradientCheckpointing: boolean;
  /**
   * The largest micro-batch to come. On a GPU its graph is examined at once: what the GPU cannot compute, and
   * whether its memory suffices.
   */
  readonly largestBatch?: { readonly batchSize: number; readonly length: number };
}

/** Operations that a GPU leaves to the processor. */
export interface Fallback {
  /** As ggml names it: `MUL_MAT`, `RMS_NORM_BACK`, … */
  readonly operation: string;
  readonly nodes: number;
  /** Operands and results, which cross between the two memories at each micro-batch. */
  readonly movedBytes: number;
}

/** Where the largest micro-batch's graph is computed; on the processor, no fallback and 0 bytes. */
export interface Placement {
  readonly fallbacks: readonly Fallback[];
  /** Memory of the graph on the device and on the host, beside weights and adapter. */
  readonly deviceBytes: number;
  readonly hostBytes: number;
}

/** Row-major [batchSize, length]; padding has sequenceId -1, label -100 and stands at the row's end. */
export interface MicroBatch {
  readonly batchSize: number;
  readonly length: number;
  readonly inputIds: Int32Array;
  /** Hugging Face labels: `labels[i]` is `inputIds[i]` where trained, -100 elsewhere; unshifted. */
  readonly labels: Int32Array;
  readonly positionIds: Int32Array;
  /** Which sequence of its row a token belongs to, counted from 0 in each row; -1 on padding. */
  readonly sequenceIds: Int32Array;
}

export interface BatchLoss {
  /** Sum over trained tokens of −log p(label), natural logarithm, added in double precision. */
  readonly lossSum: number;
  /** Trained tokens seen: labels ≠ -100 at index 1 and above of each sequence. */
  readonly trainedTokens: number;
}

export interface OptimizerStep {
  readonly optimizer: 'adamw' | 'sgd';
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  /** Global L2 norm to clip at; 0 switches clipping off. */
  readonly maxGradNorm: number;
}

export interface NamedTensor {
  /** GGUF name, for example `blk.0.attn_q.weight.lora_a`. */
  readonly name: string;
  /** ggml order: shape[0] is contiguous. */
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** What the next update depends on beside the parameters. */
export interface OptimizerState {
  /** Updates done so far; AdamW's bias correction counts them. */
  readonly updates: number;
  /** AdamW's running means of each parameter's gradient and of its square; empty before its first update. */
  readonly moments: readonly {
    readonly name: string;
    readonly first: Float32Array;
    readonly second: Float32Array;
  }[];
}

export class Trainer {
  private constructor();
  /**
   * A LoRA adapter over a frozen model, ready to train. Errors: `model.vocabOnly`,
   * `model.untrainable`, `adapter.targetUnknown`, `adapter.wrongModel`, `adapter.shapeMismatch`,
   * `adapter.notAnAdapter`, `trainer.outOfMemory`; for the initial adapter also `adapter.notFound`,
   * `adapter.notGguf`, `adapter.damaged` and `adapter.optionsMismatch` (alpha or targets).
   */
  static create(model: Model, options: TrainerOptions): Promise<Result<Trainer>>;
  readonly parameterCount: number;
  readonly placement: Placement;
  /**
   * Adds a micro-batch's gradient (of the loss *sum*) to the accumulated gradient. Errors, all found
   * before the graph runs: `batch.shape`, `batch.tokenOutOfRange`, `batch.labelMismatch`,
   * `batch.noTrainedTokens`, `batch.tooLong`, `trainer.outOfMemory`; after it: `loss.notFinite`, which
   * clears the accumulated gradient.
   */
  accumulate(batch: MicroBatch): Promise<Result<BatchLoss>>;
  /** The same loss without a gradient. */
  evaluate(batch: MicroBatch): Promise<Result<BatchLoss>>;
  /**
   * The loss of each trained token, without a gradient: [batchSize, length], row-major as the batch. In nats: −log of the
   * probability that model and adapter give this token after those before it in its sequence (cross entropy, shifted by
   * one as in Hugging Face). NaN where no loss is taken: a label of -100, a sequence's first token, padding. The sum of
   * the others is `evaluate`'s `lossSum`. Errors: those of `evaluate`.
   */
  tokenLosses(batch: MicroBatch): Promise<Result<Float32Array>>;
  /**
   * Divides the accumulated gradient by the trained tokens behind it, clips, updates, clears it.
   * PyTorch's AdamW (decoupled decay) and SGD, `clip_grad_norm_`'s coefficient max/(norm + 1e-6).
   * Errors: `step.noGradient`, `gradient.notFinite`.
   */
  step(update: OptimizerStep): Promise<Result<{ readonly gradNorm: number }>>;
  /** The accumulated gradient divided by its trained tokens, before clipping; for tests and probes. */
  gradients(): readonly NamedTensor[];
  parameters(): readonly NamedTensor[];
  /** Replaces parameters by name; for tests. Errors: `adapter.shapeMismatch`. */
  setParameters(tensors: readonly NamedTensor[]): Result<null>;
  /** To be kept with the adapter, so that training can go on to the bit. */
  optimizerState(): OptimizerState;
  /** Goes on as a trainer that was in this state; clears the accumulated gradient. Errors: `optimizer.mismatch`. */
  restoreOptimizer(state: OptimizerState): Result<null>;
  /** Logits [length, vocabularySize] of one sequence with the adapter applied, on the training graph. */
  logits(inputIds: Int32Array): Promise<Result<Float32Array>>;
  /**
   * Writes the adapter as a GGUF that stock llama.cpp loads: to a temporary name, synced, renamed.
   * It holds no time, id, path or user name. Errors: `file.writeFailed`.
   */
  saveAdapter(path: string): Promise<Result<{ readonly bytes: number }>>;
  dispose(): void;
}

/**
 * Writes base and adapter as one GGUF: W + (alpha / rank) · B · A in float32 for each weight that the adapter
 * targets, a few rows at a time; other weights and all metadata are kept, the names are recorded in
 * `general.base_model.0.name` and `general.finetune`. `weightType` is that of matrices; `KEEP` leaves each as it
 * is in the base. Not atomic and not synced: for a file that nobody uses yet. Errors: those of the two headers,
 * `adapter.wrongModel`, `adapter.shapeMismatch`, `merge.unsupported`, `file.writeFailed`.
 */
export function mergeAdapter(options: {
  readonly modelPath: string;
  readonly adapterPath: string;
  readonly outputPath: string;
  readonly weightType: 'KEEP' | 'F32' | 'F16' | 'BF16';
  readonly baseName: string;
  readonly adapterName: string;
}): Promise<Result<{ readonly bytes: number }>>;
/** llama.cpp's quantization of a whole model. Errors: `quantization.unknown`, `quantization.failed`. */
export function quantizeModel(
  inputPath: string,
  outputPath: string,
  type: string,
): Promise<Result<{ readonly bytes: number }>>;
/** What {@link quantizeModel} takes: llama.cpp's types that need no importance matrix. */
export function quantizationTypes(): readonly string[];

/** What a GGUF's header alone tells; the fields are those of {@link ModelInfo}. */
export type ModelFacts = Pick<
  ModelInfo,
  'architecture' | 'name' | 'parameters' | 'quantization' | 'contextLength' | 'untrainableReason'
>;

export function version(): AddonVersion;
/** Reads a header without loading the file. Errors: `model.notFound`, `model.notGguf`, `model.damaged`. */
export function inspectModel(path: string): Result<ModelFacts>;
/** What this build can train: architectures as in `general.architecture`, weight types as ggml names them (`q4_K`). */
export function trainable(): {
  readonly architectures: readonly string[];
  readonly weightTypes: readonly string[];
};
/** Loads a ggml backend module (`libggml-vulkan.so`, …) and names it. Errors: `backend.loadFailed` with `reason`, as the system says it. */
export function loadBackend(path: string): Result<string>;
export function devices(): readonly Device[];
/** llama.cpp's log lines at `level` and worse go to standard error; `warn` at the start. */
export function setLogLevel(level: 'debug' | 'info' | 'warn' | 'error' | 'none'): void;
