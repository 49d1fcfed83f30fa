import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { launchRun } from '../src-main/backend/launch-run.ts';
import { readTensorPlaces } from '../src-native/test/gguf-tensors.ts';
import { orThrow } from '../src-shared/contract/coded-error.ts';
import type { FinishedEvent, TrainingEvent } from '../src-shared/domain/training.ts';
import { RECIPE_FIELDS } from '../src-shared/recipe/fields.ts';
import { openParts } from './backend.ts';
import { createWorkspace, demoDirectory, demoModel, runLuthier } from './luthier-process.ts';

const workspace = createWorkspace('training-keys');
afterAll(workspace.remove);

/** Twelve short steps over two epochs. */
const recipePath = workspace.write(
  'keys.luthier.yaml',
  `version: 1
name: keys
model: {path: ${JSON.stringify(demoModel)}}
dataset: {path: ${JSON.stringify(join(demoDirectory, 'train.jsonl'))}, limit: 56, validation: {fraction: 0.15}}
collator: {maxLength: 256}
adapter: {rank: 4, alpha: 8}
training: {epochs: 2, batchSize: 4, gradientAccumulationSteps: 2, warmupSteps: 0, evaluateEverySteps: 2}
`,
);

interface Trained {
  readonly events: readonly TrainingEvent[];
  readonly finished: FinishedEvent;
  readonly losses: readonly number[];
  readonly adapter: Buffer | null;
}

const parts = openParts(workspace.home);
afterAll(() => {
  parts.queue.close();
  parts.store.close();
});
let before: Promise<unknown> = Promise.resolve();

/** With keys as \`--set\` takes them; one run after the other. */
function train(...set: readonly string[]): Promise<Trained> {
  const trained = before.then(() => trainNow(set));
  before = trained.catch(() => undefined);
  return trained;
}

async function trainNow(set: readonly string[]): Promise<Trained> {
  const overrides = set.map(pair => {
    const [key = '', ...value] = pair.split('=');
    return { key, value: value.join('=') };
  });
  const events: TrainingEvent[] = [];
  const launched = orThrow(
    await launchRun(parts, orThrow(parts.loadRecipe(recipePath, overrides)), {
      signal: new AbortController().signal,
      onEvent: event => void events.push(event),
    }),
  );
  const finished = await launched.finished;
  return {
    events,
    finished,
    losses: events.flatMap(event => (event.type === 'step' ? [event.loss] : [])),
    adapter: finished.adapterPath ? readFileSync(finished.adapterPath) : null,
  };
}

/** Of the demo's model. */
const HEADS = 4;
const KEY_VALUE_HEADS = 2;

const plain = train();

const pathOf = ({ finished }: Trained) => finished.adapterPath ?? '';

const HF_MODULES: Readonly<Record<string, string>> = {
  attn_q: 'self_attn.q_proj',
  attn_k: 'self_attn.k_proj',
  attn_v: 'self_attn.v_proj',
  attn_output: 'self_attn.o_proj',
  ffn_gate: 'mlp.gate_proj',
  ffn_up: 'mlp.up_proj',
  ffn_down: 'mlp.down_proj',
};

/** The adapter as PEFT would save it, rows of q and k in Hugging Face's order. */
function writePeftFolder(adapterPath: string): string {
  const folder = join(workspace.directory, 'peft');
  mkdirSync(folder, { recursive: true });
  const file = readFileSync(adapterPath);
  const header: Record<string, unknown> = {};
  const parts: Buffer[] = [];
  let at = 0;
  for (const [name, { shape, offset }] of readTensorPlaces(adapterPath)) {
    const [, layer, module = '', matrix] = /^blk\.(\d+)\.(\w+)\.weight\.lora_([ab])$/.exec(name) ?? [];
    const [columns = 0, rows = 0] = shape;
    const bytes = file.subarray(offset, offset + columns * rows * 4);
    const heads = { attn_q: HEADS, attn_k: KEY_VALUE_HEADS }[module];
    const key = `base_model.model.model.layers.${layer}.${HF_MODULES[module]}.lora_${matrix?.toUpperCase()}.weight`;
    header[key] = { dtype: 'F32', shape: [rows, columns], data_offsets: [at, at + bytes.length] };
    parts.push(matrix === 'b' && heads ? separateHalves(bytes, rows, columns * 4, heads) : bytes);
    at += bytes.length;
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  writeFileSync(join(folder, 'adapter_model.safetensors'), Buffer.concat([length, text, ...parts]));
  writeFileSync(
    join(folder, 'adapter_config.json'),
    JSON.stringify({ peft_type: 'LORA', r: 4, lora_alpha: 8, target_modules: Object.values(HF_MODULES) }),
  );
  return folder;
}

/** Rows [a0 b0 a1 b1 …] of a head → [a0 a1 … b0 b1 …]. */
function separateHalves(bytes: Buffer, rows: number, rowBytes: number, heads: number): Buffer {
  const perHead = rows / heads;
  const order = Array.from({ length: rows }, (_, row) => {
    const head = Math.floor(row / perHead);
    const i = row % perHead;
    return head * perHead + (i < perHead / 2 ? i * 2 : (i - perHead / 2) * 2 + 1);
  });
  return Buffer.concat(order.map(row => bytes.subarray(row * rowBytes, (row + 1) * rowBytes)));
}

/** What each of these must do to a run that is otherwise the same: make another adapter … */
const CHANGING = [
  'adapter.rank=8',
  'adapter.alpha=16',
  'adapter.dropout=0.2',
  'adapter.rsLora=true',
  'adapter.targetModules=[attn_q, attn_v]',
  'adapter.layers={last: 1}',
  'training.batchSize=2',
  'training.gradientAccumulationSteps=3',
  'training.learningRate=0.001',
  'training.scheduler=constant',
  'training.warmupSteps=3',
  'training.optimizer=sgd',
  'training.betas=[0.8, 0.99]',
  'training.epsilon=0.001',
  'training.weightDecay=0.5',
  'training.maxGradNorm=0.01',
  'training.neftuneAlpha=5',
  'training.seed=7',
  'training.shuffle=false',
  'training.epochs=1',
  'training.maxSteps=3',
];
/** … or leave every loss and the adapter as they are. */
const NEUTRAL = [
  'training.gradientCheckpointing=on',
  'training.checkpointEverySteps=1',
  'training.keepCheckpoints=1',
  'training.evaluateEverySteps=0',
  'device.threads=2',
];
/** These have tests of their own, below or elsewhere. */
const OTHERS = [
  'adapter.init',
  'training.earlyStoppingPatience',
  'training.sampleEverySteps',
  'training.samplePrompts',
  'device.backend',
];

describe('every key of adapter and training', () => {
  it('is tested: none is left out', () => {
    const tested = [...CHANGING, ...NEUTRAL, ...OTHERS].map(key => key.split('=')[0]);
    const known = Object.keys(RECIPE_FIELDS).filter(key => /^(adapter|training|device)\./.test(key));
    expect(tested.sort()).toEqual(known.sort());
  });

  it.each(CHANGING)('%s makes another adapter', async key => {
    const changed = await train(key);
    expect(changed.finished.status).toBe('completed');
    expect(changed.adapter?.equals((await plain).adapter ?? Buffer.alloc(0))).toBe(false);
  });

  it.each(NEUTRAL)('%s leaves every loss and the adapter as they are', async key => {
    const changed = await train(key);
    expect(changed.losses).toEqual((await plain).losses);
    expect(changed.adapter?.equals((await plain).adapter ?? Buffer.alloc(0))).toBe(true);
  });
});

describe('adapter.init', () => {
  /** One step at the rate 0: the adapter that comes out is the one that went in. */
  const untouched = ['training.maxSteps=1', 'training.warmupSteps=1'];

  it('goes on from a GGUF adapter, and from the same adapter as a PEFT folder, to the bit', async () => {
    const before = await plain;
    const path = pathOf(before);
    const evaluation = before.events.findLast(event => event.type === 'evaluation');
    for (const init of [path, writePeftFolder(path)]) {
      const after = await train(`adapter.init=${init}`, ...untouched);
      expect(after.adapter?.equals(before.adapter ?? Buffer.alloc(0))).toBe(true);
      expect(after.events.findLast(event => event.type === 'evaluation')).toMatchObject({
        loss: evaluation?.loss,
      });
    }
  });

  it.each([
    ['adapter.rank=8', 'adapter.shapeMismatch'],
    ['adapter.alpha=16', 'adapter.optionsMismatch'],
    ['adapter.layers={last: 1}', 'adapter.optionsMismatch'],
  ])('is refused where the recipe says %s', async (key, code) => {
    const refused = await train(`adapter.init=${pathOf(await plain)}`, key, ...untouched);
    expect(refused.events.at(-1)).toMatchObject({ status: 'failed', error: { code } });
  });

  it('is refused where it is no adapter', async () => {
    for (const [init, code] of [
      [demoModel, 'adapter.notAnAdapter'],
      [demoDirectory, 'adapter.notAnAdapter'],
      [join(demoDirectory, 'nothing.gguf'), 'adapter.notFound'],
    ]) {
      const refused = await train(`adapter.init=${init}`, ...untouched);
      expect(refused.events.at(-1)).toMatchObject({ status: 'failed', error: { code } });
    }
  });
});

describe('epochs and maxSteps', () => {
  it('count a part of an epoch by whole steps, and maxSteps goes beyond the epochs', async () => {
    const [whole, half, three, many] = [
      await plain,
      await train('training.epochs=0.5'),
      await train('training.maxSteps=3'),
      await train('training.maxSteps=15'),
    ];
    const perEpoch = whole.losses.length / 2;
    expect(half.losses).toHaveLength(Math.ceil(perEpoch / 2));
    expect(three.losses).toHaveLength(3);
    expect(many.losses).toHaveLength(15);
  });
});

describe('early stopping', () => {
  it('ends the run when so many evaluations brought nothing better, and the best adapter is kept', async () => {
    const {
      events,
      finished: last,
      losses,
    } = await train(
      'training.learningRate=0.3',
      'training.scheduler=constant',
      'training.earlyStoppingPatience=2',
      'training.evaluateEverySteps=1',
      'training.checkpointEverySteps=1',
      'training.keepCheckpoints=1',
      'training.epochs=9',
    );
    const evaluations = events.flatMap(event => (event.type === 'evaluation' ? [event] : []));
    const best = evaluations.reduce((a, b) => (b.loss < a.loss ? b : a));
    expect(evaluations.length - 1 - evaluations.indexOf(best)).toBe(2);
    expect(losses).toHaveLength(best.step + 2);
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'warning', code: 'training.stoppedEarly' }),
    );
    if (!last.adapterPath || !last.bestAdapterPath) throw new Error('no adapters');
    expect(last).toMatchObject({ status: 'completed', steps: losses.length });
    const checkpoints = events.flatMap(event => (event.type === 'checkpoint' ? [event] : []));
    const kept = checkpoints.filter(({ path }) => existsSync(path));
    expect(kept.map(({ step }) => step)).toEqual([best.step, losses.length]);
    const [ofBest, ofLast] = kept.map(({ path }) => readFileSync(join(path, 'adapter.gguf')));
    expect(readFileSync(last.bestAdapterPath).equals(ofBest ?? Buffer.alloc(0))).toBe(true);
    expect(readFileSync(last.adapterPath).equals(ofLast ?? Buffer.alloc(0))).toBe(true);
  });

  it('without a validation example is refused with its reason', async () => {
    const { events } = await train('training.earlyStoppingPatience=1', 'dataset.validation=none');
    expect(events.at(-1)).toMatchObject({ status: 'failed', error: { code: 'training.noValidation' } });
  });
});

describe('samples', () => {
  it('are what a chat with the adapter of that step answers, and leave the run as it is', async () => {
    const prompt =
      'On Sunday I will come for my fiddle. Make it of oak and give it four strings. Yours, Hugo';
    const { events, losses, adapter } = await train(
      'training.sampleEverySteps=5',
      `training.samplePrompts=[${JSON.stringify(prompt)}, "Hello"]`,
    );
    expect(losses).toEqual((await plain).losses);
    expect(adapter?.equals((await plain).adapter ?? Buffer.alloc(0))).toBe(true);
    const samples = events.flatMap(event => (event.type === 'sample' ? [event] : []));
    expect(samples.map(({ step, prompt: asked }) => [step, asked])).toEqual([
      [5, prompt],
      [5, 'Hello'],
      [10, prompt],
      [10, 'Hello'],
    ]);
    const place = events.findIndex(event => event.type === 'sample');
    expect(events[place - 1]).toMatchObject({ type: 'step', step: 5 });

    const stopped = await train(
      'training.sampleEverySteps=0',
      'training.maxSteps=5',
      'training.scheduler=constant',
    );
    const sampled = await train(
      'training.sampleEverySteps=5',
      `training.samplePrompts=[${JSON.stringify(prompt)}]`,
      'training.maxSteps=5',
      'training.scheduler=constant',
    );
    const run = stopped.events[0];
    if (run?.type !== 'run') throw new Error('no run');
    const chat = await runLuthier('chat', run.id, '--prompt', prompt, '--json', '--home', workspace.home);
    const sample = sampled.events.find(event => event.type === 'sample');
    expect(sample).toMatchObject({ text: (chat.json[0] as { tuned: string }).tuned });
    const shown = await runLuthier('runs', 'show', run.id, '--json', '--home', workspace.home);
    expect((shown.json[0] as { samples: unknown[] }).samples).toEqual([]);
  });
});
