// A million short rows: time that grows with the rows alone, memory that does not grow with the file.
//
// `npm run bench -- million [--rows 1000000]`
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { luthier, writeRecipe } from './luthier.mjs';
import { writeShortRows } from './rows.mjs';
import { mebibytes, numberOption } from './training-run.mjs';

export async function benchMillion(args) {
  const count = numberOption(args, 'rows', 1_000_000);
  const directory = mkdtempSync(join(tmpdir(), 'luthier-bench-million-'));
  try {
    const rows = join(directory, 'rows.jsonl');
    await writeShortRows(rows, count);
    const recipe = writeRecipe(directory, rows);
    const run = await luthier('preflight', recipe, '--json', '--home', join(directory, 'home'));
    const { kept, tokens } = JSON.parse(run.stdout).totals;
    const memory = run.peakBytes === null ? 'not measured' : `${mebibytes(run.peakBytes)} at most`;
    process.stdout.write(
      `${kept} of ${count} rows kept, ${tokens} tokens\n` +
        `${run.seconds.toFixed(1)} s, ${Math.round(count / run.seconds)} rows/s` +
        `${run.cpuSeconds === null ? '' : `, ${run.cpuSeconds.toFixed(1)} s of processor time`}\n` +
        `memory of all processes together: ${memory}\n`,
    );
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
