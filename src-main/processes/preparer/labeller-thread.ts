/** A thread of the preparer: labels batches with the model of the main thread and a template of its own. */
import { parentPort, workerData } from 'node:worker_threads';
import { type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import { fromNative, loadAddon } from '../../adapters/native/addon.ts';
import type { LabelledRow } from '../../pipeline/duplicates/split-dataset.ts';
import { type BatchLabeller, createBatchLabeller } from './label-batch.ts';
import { createLabeller } from './open-labeller.ts';
import {
  type PackedBatch,
  packLabelled,
  type ThreadData,
  type ThreadMessage,
  unpackBatch,
} from './thread-messages.ts';

const SIGN_OF_LIFE_MS = 1000;

const port = parentPort;
if (!port) throw new Error('This file is the entry of a thread.');
const say = (message: ThreadMessage, transferred: ArrayBuffer[] = []) =>
  port.postMessage(message, transferred);

const opened = open(workerData as ThreadData);
if (opened.ok) {
  port.on('message', (batch: PackedBatch) => label(opened.value, batch));
  say({ type: 'ready' });
} else {
  say({ type: 'refused', error: opened.error });
}

function open(data: ThreadData): Outcome<BatchLabeller> {
  const addon = loadAddon(data.nativeDirectory);
  if (!addon.ok) return addon;
  const model = fromNative(addon.value.Model.openShared(data.model));
  if (!model.ok) return model;
  const { recipe, format, now, templateSource } = data;
  const labeller = createLabeller(addon.value, model.value, recipe, format, now, templateSource);
  return labeller.ok ? ok(createBatchLabeller(format, labeller.value.options)) : labeller;
}

function label(labelBatch: BatchLabeller, batch: PackedBatch): void {
  const rows: LabelledRow[] = [];
  let saidAt = performance.now();
  for (const row of labelBatch(unpackBatch(batch))) {
    rows.push(row);
    const now = performance.now();
    if (now - saidAt < SIGN_OF_LIFE_MS) continue;
    saidAt = now;
    say({ type: 'busy' });
  }
  const packed = packLabelled(rows);
  say({ type: 'labelled', rows: packed.rows }, [packed.buffer]);
}
