// A run of any length needs the memory of its first steps.
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { adamw, openModel, openTrainer, packBatch, padBatch, randomRows, unwrap } from './support.ts';

it('holds no more memory after 200 steps over changing shapes than after 50', async () => {
  const model = await openModel(
    fileURLToPath(new URL('./fixtures/gradients/llama/model.gguf', import.meta.url)),
  );
  const trainer = await openTrainer(model);
  const batches = [20, 90, 50].map(length => packBatch(randomRows(length, [length, 30])));
  batches.push(padBatch(randomRows(4, [60, 25, 40])));
  const train = async (steps: number) => {
    for (let step = 0; step < steps; step++) {
      const batch = batches[step % batches.length];
      if (!batch) throw new Error('no batch');
      unwrap(await trainer.accumulate(batch));
      unwrap(await trainer.step(adamw));
    }
    return process.memoryUsage.rss();
  };
  const early = await train(50);
  const late = await train(150);
  // one graph of the smallest shape that was kept per step would be over 100 MB
  expect((late - early) / 2 ** 20).toBeLessThan(24);
  trainer.dispose();
  model.dispose();
});
