/** Durations and dates as the page writes them. */
import { strings } from '../strings.ts';

const words = strings.format;

/** A clock: `3_354_000` → "55:54", `3_725_000` → "1:02:05". */
export function formatElapsed(durationMs: number): string {
  const total = Math.max(0, Math.floor(durationMs / 1000));
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  const seconds = twoDigits(total % 60);
  return hours > 0 ? `${hours}:${twoDigits(minutes)}:${seconds}` : `${minutes}:${seconds}`;
}

/** In words, to the precision that a forecast has: "40 s", "28 min", "1 h 5 min". */
export function formatForecast(durationMs: number): string {
  const seconds = durationMs / 1000;
  if (seconds < 57.5) return words.seconds(String(Math.max(5, Math.round(seconds / 5) * 5)));
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return words.minutes(String(minutes));
  const rest = minutes % 60;
  const hours = words.hours(String(Math.floor(minutes / 60)));
  return rest === 0 ? hours : `${hours} ${words.minutes(String(rest))}`;
}

/** One step's time: "38 ms", "4.52 s". */
export function formatStepTime(durationMs: number): string {
  return durationMs < 1000
    ? words.milliseconds(String(Math.round(durationMs)))
    : words.seconds((durationMs / 1000).toFixed(2));
}

/** In the reader's time zone: "today 09:14", "yesterday 17:02", "20 Nov 18:20", "3 Feb 2024 08:00". */
export function formatStarted(createdAt: string, now: Date): string {
  const at = new Date(createdAt);
  const clock = `${twoDigits(at.getHours())}:${twoDigits(at.getMinutes())}`;
  const days = Math.round((startOfDay(now) - startOfDay(at)) / 86_400_000);
  if (days === 0) return words.today(clock);
  if (days === 1) return words.yesterday(clock);
  const month = words.months[at.getMonth()];
  const year = at.getFullYear() === now.getFullYear() ? '' : ` ${at.getFullYear()}`;
  return `${at.getDate()} ${month}${year} ${clock}`;
}

function startOfDay(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
