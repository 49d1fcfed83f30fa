import { expect, it } from 'vitest';
import { parseSince } from './parse-since.ts';

const now = new Date('2026-03-01T12:00:00.000Z');

it('reads ages, days and instants', () => {
  expect(parseSince('12h', now)).toBe('2026-03-01T00:00:00.000Z');
  expect(parseSince('7d', now)).toBe('2026-02-22T12:00:00.000Z');
  expect(parseSince('2w', now)).toBe('2026-02-15T12:00:00.000Z');
  expect(parseSince('2026-01-31', now)).toBe(new Date(2026, 0, 31).toISOString());
  expect(parseSince('2026-01-31T08:00:00Z', now)).toBe('2026-01-31T08:00:00.000Z');
});

it.each(['', '7', '7x', 'yesterday', '2026-13-41', '01/31/2026'])('refuses %j', text => {
  expect(() => parseSince(text, now)).toThrow();
});
