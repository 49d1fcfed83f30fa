import { expect, it } from 'vitest';
import { withDistinctNames } from './distinct-names.ts';

const run = (id: string, name: string, createdAt: string) => ({ id, name, createdAt });
const namesOf = (...runs: ReturnType<typeof run>[]) =>
  withDistinctNames(runs, at => `at ${at}`).map(({ name }) => name);

it('leaves a name that stands alone, and tells the others apart by time, then by id', () => {
  expect(namesOf(run('a', 'demo', '9:00'), run('b', 'other', '9:00'), run('c', 'demo', '9:05'))).toEqual([
    'demo, at 9:00',
    'other',
    'demo, at 9:05',
  ]);
  expect(namesOf(run('a', 'demo', '9:00'), run('b', 'demo', '9:00'))).toEqual([
    'demo, at 9:00, a',
    'demo, at 9:00, b',
  ]);
});
