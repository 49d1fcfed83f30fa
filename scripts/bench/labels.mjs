// From a file of conversations to labels: whole processes of Luthier, in turn with TRL's own preparation.
//
// `npm run bench -- labels [--rows 20000] [--rounds 3]`
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
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

  const [own, peer] = [[], []];
  let totals = null;
  for (let round = 0; round < rounds; round++) {
    rmSync(home, { recursive: true, force: true });
    const run = await luthier('preflight', recipe, '--json', '--home', home);
    totals = JSON.parse(run.stdout).totals;
    own.push(run);
    print(`Luthier  ${speed(run.seconds)}, ${resources(run)}`);
    if (python === null) continue;
    const other = await runTrl(python, directory, rows);
    if (round === 0) await compare(other, recipe, home);
    peer.push(other);
    print(
      `TRL      ${speed(other.seconds)} (${speed(other.wholeSeconds)} with its start), ${resources(other)}`,
    );
  }
  const { tokens, trainableTokens } = totals;
  print(
    `${(tokens / count).toFixed(1)} tokens a row, ${(trainableTokens / count).toFixed(1)} of them trained`,
  );
  const ownSeconds = median(own.map(run => run.seconds));
  print(`median: Luthier ${speed(ownSeconds)}, from the start of its process to its end`);
  if (peer.length === 0) return;
  const peerSeconds = median(peer.map(run => run.seconds));
  const { version, processes } = peer[0];
  print(
    `median: TRL ${version} ${speed(peerSeconds)} with ${processes} worker processes, its start left out`,
  );
  print(`Luthier is ${(peerSeconds / ownSeconds).toFixed(1)} times as fast`);
  const [ownCpu, peerCpu] = [own, peer].map(runs => median(runs.map(run => run.cpuSeconds)));
  if (own[0].cpuSeconds !== null)
    print(
      `and takes ${(peerCpu / ownCpu).toFixed(1)} times less processor time, which busy neighbours change less`,
    );
}

const print = line => process.stdout.write(`${line}\n`);

function resources({ peakBytes, cpuSeconds }) {
  const memory = peakBytes === null ? 'memory not measured' : `${mebibytes(peakBytes)} at most`;
  return cpuSeconds === null ? memory : `${memory}, ${cpuSeconds.toFixed(1)} s of processor time`;
}

/** `seconds` is what TRL takes to load and prepare the rows, its imports and its tokenizer left out. */
async function runTrl(python, directory, rows) {
  const cache = join(directory, 'trl');
  rmSync(cache, { recursive: true, force: true });
  const script = join(import.meta.dirname, 'peer_trl.py');
  const run = await measureFamily(
    python,
    [script, rows, vocabulary, PEER_TEMPLATE, cache, String(COMPARED)],
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
