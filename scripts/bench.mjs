// `npm run bench -- NAME`: one of the benchmarks beside this file; prints figures, asserts no times.
const benchmarks = {
  history: () => import('./bench/history.mjs').then(({ benchHistory }) => benchHistory),
  labels: () => import('./bench/labels.mjs').then(({ benchLabels }) => benchLabels),
  memory: () => import('./bench/memory.mjs').then(({ benchMemory }) => benchMemory),
  million: () => import('./bench/million.mjs').then(({ benchMillion }) => benchMillion),
  studio: () => import('./bench/studio.mjs').then(({ benchStudio }) => benchStudio),
  train: () => import('./bench/train.mjs').then(({ benchTraining }) => benchTraining),
  'train-lengths': () => import('./bench/train-scaling.mjs').then(({ benchLengths }) => benchLengths),
  'train-layers': () => import('./bench/train-scaling.mjs').then(({ benchLayers }) => benchLayers),
  'train-large': () => import('./bench/train-scaling.mjs').then(({ benchLargeModel }) => benchLargeModel),
};

const [name, ...args] = process.argv.slice(2);
if (!Object.hasOwn(benchmarks, name ?? '')) {
  process.stderr.write(`Which benchmark? There are: ${Object.keys(benchmarks).join(', ')}\n`);
  process.exit(2);
}
const bench = await benchmarks[name]();
process.exitCode = await bench(args);
