// From a file of conversations to labels: whole processes of Luthier, in turn with TRL's own preparation.
//
// `npm run bench -- labels [--rows 20000] [--rounds 3]`
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { luthier, vocabulary, writeRecipe } from './luthier.mjs';
import { measureFamily } from './process-family.mjs';
import { findPython } from './python.mjs';
import { writeConversations } from './rows.mjs';
import { mebibytes, median, numberOption } from './training-run.mjs';

/** What the vocabulary's own template prints, with the generation tags that TRL needs; Luthier takes the own one. */
const PEER_TEMPLATE = join(import.meta.dirname, 'chat.jinja');
/** Rows whose ids and labels are compared before anything is timed. */
const COMPARED = 200;

export async function benchLabels(args) {
  const count = numberOption(args, 'rows', 20_000);
  const rounds = numberOption(args, 'rounds', 3);
  const directory = mkdtempSync(join(tmpdir(), 'luthier-bench-labels-'));
  try {
    await compareSpeed({ directory, count, rounds });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function compareSpeed({ directory, count, rounds }) {
  const rows = join(directory, 'rows.jsonl');
  await writeConversations(rows, count);
  const recipe = writeRecipe(directory, rows);
  const home = join(directory, 'home');
  const speed = seconds => `${Math.round(count / seconds)} rows/s`;
  const python = findPython('trl');
  if (python === null) print('TRL: not measured (no Python with trl; LUTHIER_PEER_PYTHON may name one).');

  const [own, asItComes, withWorkers] = [[], [], []];
  let totals = null;
  for (let round = 0; round < rounds; round++) {
    rmSync(home, { recursive: true, force: true });
    const run = await luthier('preflight', recipe, '--json', '--home', home);
    totals = JSON.parse(run.stdout).totals;
    own.push(run);
    print(`Luthier                  ${speed(run.seconds)}, ${resources(run)}`);
    if (python === null) continue;
    for (const [runs, processes, name] of [
      [asItComes, 0, 'TRL as it comes         '],
      [withWorkers, availableParallelism(), 'TRL, a worker on a core '],
    ]) {
      const other = await runTrl(python, directory, rows, processes);
      if (round === 0) await compare(other, recipe, home);
      runs.push(other);
      const times = `${speed(other.wholeSeconds)}, its start left out ${speed(other.seconds)}`;
      print(`${name} ${times}, ${resources(other)}`);
    }
  }
  const { tokens, trainableTokens } = totals;
  print(
    `${(tokens / count).toFixed(1)} tokens a row, ${(trainableTokens / count).toFixed(1)} of them trained`,
  );
  const ownSeconds = median(own.map(run => run.seconds));
  print(`median: Luthier ${speed(ownSeconds)}, from the start of its process to its end`);
  if (python === null) return;
  for (const [name, runs] of [
    ['as it comes', asItComes],
    ['with a worker on every core', withWorkers],
  ]) {
    const times = key => (median(runs.map(run => run[key])) / ownSeconds).toFixed(1);
    print(
      `as fast as TRL ${runs[0].version} ${name}: ${times('wholeSeconds')} times, whole processes; ${times('seconds')} times, TRL's start left out`,
    );
  }
  const cpu = runs => median(runs.map(run => run.cpuSeconds));
  if (own[0].cpuSeconds !== null)
    print(`processor time of TRL with workers: ${(cpu(withWorkers) / cpu(own)).toFixed(1)} times ours`);
}

const print = line => process.stdout.write(`${line}\n`);

function resources({ peakBytes, cpuSeconds }) {
  const memory = peakBytes === null ? 'memory not measured' : `${mebibytes(peakBytes)} at most`;
  return cpuSeconds === null ? memory : `${memory}, ${cpuSeconds.toFixed(1)} s of processor time`;
}

/** `seconds` is what TRL takes to load and prepare the rows, its imports and its tokenizer left out. */
async function runTrl(python, directory, rows, processes) {
  const cache = join(directory, 'trl');
  rmSync(cache, { recursive: true, force: true });
  const script = join(import.meta.dirname, 'peer_trl.py');
  const run = await measureFamily(
    python,
    [script, rows, vocabulary, PEER_TEMPLATE, cache, String(COMPARED), String(processes)],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, HF_HUB_OFFLINE: '1', TOKENIZERS_PARALLELISM: 'false', PYTHONWARNINGS: 'ignore' },
    },
  );
  const last = run.stdout.trim().split('\n').at(-1);
  if (run.code !== 0 || !last?.startsWith('{')) throw new Error(`TRL ended with ${run.code}: ${run.stdout}`);
  return { ...run, ...JSON.parse(last), wholeSeconds: run.seconds };
}

/** Speed counts only for the same work: the first rows must have the same ids and labels. */
async function compare(peer, recipe, home) {
  const { stdout } = await luthier('labels', recipe, '--json', '--limit', String(COMPARED), '--home', home);
  const own = stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line));
  const same = (a, b) => a.length === b.length && a.every((value, i) => value === b[i]);
  const equal = own.filter(
    ({ inputIds, labels }, i) => same(inputIds, peer.inputIds[i]) && same(labels, peer.labels[i]),
  ).length;
  print(`${equal} of the first ${COMPARED} rows have the same ids and labels in both`);
  if (equal < COMPARED) throw new Error('The two do not do the same work; their times cannot be compared.');
}
