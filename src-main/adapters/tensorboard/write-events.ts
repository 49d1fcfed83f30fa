/** A run as an event file of TensorBoard, in a folder of the run's name. */
import { closeSync, mkdirSync, openSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import type { RunCourse, WrittenTable } from '../../backend/ports.ts';
import { scalarsRecord, versionRecord } from './event-file.ts';

/** Pauses are left out of the wall times, as they are of the training's own. */
export async function writeEvents(
  directory: string,
  name: string,
  { startedMs, steps, evaluations }: RunCourse,
): Promise<WrittenTable> {
  const seconds = startedMs / 1000;
  const file = join(name, `events.out.tfevents.${Math.floor(seconds)}.luthier`);
  const path = join(directory, file);
  mkdirSync(join(directory, name), { recursive: true });
  const fd = openSync(path, 'w');
  let rows = 0;
  try {
    writeSync(fd, versionRecord(seconds));
    const evaluated = new Map(evaluations.map(evaluation => [evaluation.step, evaluation]));
    for (const page of steps) {
      const records = page.flatMap(({ step, elapsedMs, ...metric }) => {
        const at = seconds + elapsedMs / 1000;
        const evaluation = evaluated.get(step);
        return [
          scalarsRecord(at, step, [
            { tag: 'train/loss', value: metric.loss },
            { tag: 'train/learning_rate', value: metric.learningRate },
            { tag: 'train/grad_norm', value: metric.gradNorm },
            { tag: 'train/epoch', value: metric.epoch },
            { tag: 'train/tokens_per_second', value: metric.tokensPerSecond },
            { tag: 'train/memory_bytes', value: metric.memoryBytes },
          ]),
          ...(evaluation
            ? [
                scalarsRecord(at, step, [
                  { tag: 'eval/loss', value: evaluation.loss },
                  { tag: 'eval/perplexity', value: evaluation.perplexity },
                ]),
              ]
            : []),
        ];
      });
      writeSync(fd, Buffer.concat(records));
      rows += records.length;
      await turn();
    }
  } finally {
    closeSync(fd);
  }
  return { path: file, rows, bytes: statSync(path).size };
}
