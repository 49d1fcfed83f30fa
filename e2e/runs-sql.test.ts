import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openParts } from './backend.ts';
import { createWorkspace, runLuthier } from './luthier-process.ts';
import { addPastRuns } from './past-runs.ts';

const workspace = createWorkspace('runs-sql');
beforeAll(() => addPastRuns(workspace.home, 12));
afterAll(workspace.remove);

const sql = (...args: string[]) => runLuthier('runs', 'sql', ...args, '--home', workspace.home);

/** Counts to a number that no machine reaches. */
const ENDLESS = 'WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n';

describe('luthier runs sql', () => {
  const lowest = 'SELECT name, round(last_loss, 3) AS loss FROM runs ORDER BY last_loss LIMIT 2';

  it('answers as columns, Markdown, CSV and JSON', async () => {
    expect((await sql(lowest)).stdout).toBe('name      loss\nsweep 11  1.083\nsweep 10  1.167\n');
    expect((await sql(lowest, '--format', 'md')).stdout).toBe(
      '| name | loss |\n| --- | --- |\n| sweep 11 | 1.083 |\n| sweep 10 | 1.167 |\n',
    );
    expect((await sql(lowest, '--format', 'csv')).stdout).toBe('name,loss\nsweep 11,1.083\nsweep 10,1.167\n');
    expect((await sql(lowest, '--json')).json).toEqual([
      {
        columns: ['name', 'loss'],
        rows: [
          ['sweep 11', 1.083],
          ['sweep 10', 1.167],
        ],
        isCut: false,
      },
    ]);
  });

  it('says where rows were left out', async () => {
    const answer = await sql('SELECT id FROM runs', '--rows', '5');
    expect(answer.stdout.trim().split('\n')).toHaveLength(6);
    expect(answer.stderr).toContain('There are more rows than 5');
  });

  it('refuses what would change something, with exit code 2', async () => {
    const refused = await sql('DELETE FROM runs', '--json');
    expect([refused.code, refused.json[0]]).toMatchObject([2, { error: { code: 'sql.readOnly' } }]);
    expect((await sql('SELECT count(*) AS n FROM runs', '--json')).json[0]).toMatchObject({ rows: [[12]] });
  });

  it('ends a question without end at its limit', async () => {
    const tooLong = await sql(ENDLESS, '--seconds', '1', '--json');
    expect([tooLong.code, tooLong.json[0]]).toMatchObject([1, { error: { code: 'sql.tooLong' } }]);
  });

  it('ends one that is withdrawn while it is computed, and the process with it', async () => {
    const withdrawn = new AbortController();
    let pid = 0;
    const parts = openParts(workspace.home, (entry, child) => {
      if (entry === 'querier') pid = child ?? 0;
      setTimeout(() => withdrawn.abort(), 500);
    });
    const question = { sql: ENDLESS, maxRows: 1, limitMs: 600_000 };
    const answer = await parts.workers.historyQuery.ask(question, withdrawn.signal);
    expect(answer).toMatchObject({ ok: false, error: { code: 'job.cancelled' } });
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    parts.store.close();
  });
});

describe('luthier runs compare', () => {
  const compare = (...args: string[]) => runLuthier('runs', 'compare', ...args, '--home', workspace.home);

  it('shows the settings that differ, and marks the better outcome', async () => {
    const { stdout, code } = await compare('past-00011', 'past-00010', 'past-00009', '--format', 'csv');
    expect(code).toBe(0);
    const rows = Object.fromEntries(stdout.split('\n').map(line => [line.split(',')[0], line]));
    expect(rows['setting']).toBe('setting,sweep 11,sweep 10,sweep 9');
    expect(rows['adapter.rank']).toBe('adapter.rank,32,16,8');
    expect(rows['adapter.alpha']).toBeUndefined();
    // 1 + 1/12 and its noise of 1/12 at the last evaluation.
    expect(rows['bestEvaluation']).toBe('bestEvaluation,1.16667 *,1.25,1.33333');
    expect(rows['trainedTokens']).toBe('trainedTokens,1200,1200,1200');
    expect((await compare('past-00011', 'past-00010', '--all', '--format', 'md')).stdout).toContain(
      '| adapter.alpha | 32 | 32 |',
    );
  });

  it('gives the same as JSON, and refuses a single run', async () => {
    const { json } = await compare('past-00011', 'past-00010', '--json');
    expect(json[0]).toMatchObject({
      runs: [{ id: 'past-00011' }, { id: 'past-00010' }],
      isSameData: true,
      outcomes: [{ outcome: 'bestEvaluation', better: [true, false] }, {}, {}, {}, {}, {}],
    });
    const single = await compare('past-00011', '--json');
    expect([single.code, single.json[0]]).toMatchObject([2, { error: { code: 'arguments.invalid' } }]);
  });
});
