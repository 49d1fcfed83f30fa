import { expect, it } from 'vitest';
import { createRandom } from '../random.ts';
import type { ContentKey } from './content-key.ts';
import { KeyTable } from './key-table.ts';

it('numbers keys as a Map does, also where many want the same slot', () => {
  const random = createRandom(5, 0);
  const table = new KeyTable();
  const numbers = new Map<string, number>();
  const wrong: string[] = [];
  for (let i = 0; i < 20_000; i++) {
    // few different low halves, which choose the slot: long probes
    const key: ContentKey = { high: random() % 200, low: random() % 50 };
    const name = `${key.high}:${key.low}`;
    if (table.find(key) !== (numbers.get(name) ?? null)) wrong.push(`found ${name}`);
    if (!numbers.has(name)) numbers.set(name, numbers.size);
    if (table.add(key) !== numbers.get(name)) wrong.push(`added ${name}`);
  }
  expect(wrong).toEqual([]);
  expect(table.size).toBe(numbers.size);
  expect(numbers.size).toBeGreaterThan(5000);
});
