/** A point in the past as people type it: a day, an instant, or an age. */
import { invalidArguments } from './invalid-arguments.ts';

const HOUR_MS = 3_600_000;
const AGES_MS: Readonly<Record<string, number>> = { h: HOUR_MS, d: 24 * HOUR_MS, w: 7 * 24 * HOUR_MS };

/** `2026-01-31`, `2026-01-31T08:00` (both in local time), `12h`, `7d`, `2w` → ISO 8601 in UTC. Throws a CodedException. */
export function parseSince(text: string, now: Date): string {
  const [, count, unit = ''] = /^(\d{1,6})([hdw])$/.exec(text.trim()) ?? [];
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text.trim());
  const at =
    count === undefined
      ? Date.parse(isDay ? `${text.trim()}T00:00` : text)
      : now.getTime() - Number(count) * (AGES_MS[unit] ?? 0);
  if (Number.isNaN(at) || (count === undefined && !/^\d{4}-/.test(text.trim()))) {
    throw invalidArguments(
      `${text} is no point in time.`,
      'Give a day such as 2026-01-31, or an age such as 12h, 7d or 2w.',
    );
  }
  return new Date(at).toISOString();
}
