import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { allRuns, emptyHistory, newRun } from './history-fixture.ts';
import { queryHistory } from './query-history.ts';

let history: ReturnType<typeof emptyHistory>;
beforeEach(() => {
  history = emptyHistory();
  for (const id of ['r1', 'r2', 'r3']) history.store.create(newRun(id));
});
afterEach(() => history.remove());

const ask = (sql: string, maxRows = 100) => queryHistory(history.path, sql, maxRows);

describe('a question to the history', () => {
  it('is answered with columns in their order, also where two have one name', () => {
    expect(
      ask('-- the first\n/* of all */ select id, 1.5 AS x, NULL, id FROM runs ORDER BY id LIMIT 1'),
    ).toEqual({
      ok: true,
      value: { columns: ['id', 'x', 'NULL', 'id'], rows: [['r1', 1.5, null, 'r1']], isCut: false },
    });
  });

  it('says that there is more than was asked for', () => {
    const answer = ask('SELECT id FROM runs ORDER BY id', 2);
    expect(answer).toMatchObject({ value: { rows: [['r1'], ['r2']], isCut: true } });
    expect(ask('SELECT id FROM runs', 3)).toMatchObject({ value: { isCut: false } });
  });

  it.each([
    ['DELETE FROM runs', 'sql.readOnly'],
    ["UPDATE runs SET name = 'x'", 'sql.readOnly'],
    ['WITH gone AS (SELECT 1) DELETE FROM runs RETURNING id', 'sql.readOnly'],
    ["ATTACH DATABASE '/tmp/other.sqlite' AS other", 'sql.readOnly'],
    ['PRAGMA journal_mode = DELETE', 'sql.readOnly'],
    ['PRAGMA user_version = 99', 'sql.readOnly'],
    ["VACUUM INTO '/tmp/copy.sqlite'", 'sql.readOnly'],
    ['BEGIN IMMEDIATE', 'sql.readOnly'],
    ['', 'sql.readOnly'],
    ['SELECT 1; DROP TABLE runs', 'sql.oneStatement'],
    ['SELECT * FROM nothing', 'sql.invalid'],
    ["SELECT load_extension('/tmp/x')", 'sql.invalid'],
    ['SELECT ?', 'sql.invalid'],
  ])('%s is refused', (sql, code) => {
    history.database.pragma('wal_checkpoint(TRUNCATE)');
    const before = readFileSync(history.path);
    expect(ask(sql)).toMatchObject({ ok: false, error: { code } });
    expect(readFileSync(history.path).equals(before)).toBe(true);
    expect(allRuns(history.store)).toHaveLength(3);
  });
});
