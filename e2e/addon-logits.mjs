// Prints the trained model's logits as this project's trainer computes them; a process of its own,
// since the addon and node-llama-cpp must not share one.
import { createRequire } from 'node:module';
import { join } from 'node:path';

const { modelPath, adapterPath, rank, alpha, targetModules, ids } = JSON.parse(process.argv[2] ?? '{}');
const addon = createRequire(import.meta.url)(
  join(import.meta.dirname, '..', 'build', 'native', 'luthier.node'),
);

const value = result => {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
};
const model = value(await addon.Model.open(modelPath, { vocabularyOnly: false }));
const trainer = value(
  await addon.Trainer.create(model, {
    rank,
    alpha,
    rsLora: false,
    targetModules,
    lastLayers: null,
    seed: 0,
    initialAdapter: adapterPath,
    threads: 1,
    dropout: 0,
    neftuneAlpha: 0,
    gradientCheckpointing: false,
  }),
);
const logits = value(await trainer.logits(Int32Array.from(ids)));
process.stdout.write(JSON.stringify({ vocabularySize: model.info.vocabularySize, logits: [...logits] }));
