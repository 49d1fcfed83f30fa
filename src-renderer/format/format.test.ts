/** What a reader sees for a number: rounding, units and the words for what is not a number. */
import { describe, expect, test } from 'vitest';
import {
  formatBytes,
  formatCount,
  formatLarge,
  formatLoss,
  formatRate,
  formatShare,
  formatShort,
} from './numbers.ts';
import { formatElapsed, formatForecast, formatStarted, formatStepTime } from './times.ts';

describe('numbers', () => {
  test('counts are grouped', () => expect(formatCount(6240)).toBe('6,240'));

  test.each([
    [2.3144, '2.314'],
    [0.1, '0.100'],
    [0.0041249, '0.00412'],
    [0.00001234, '1.23e-5'],
    [12345.6, '1.23e+4'],
    [0, '0'],
    [Number.NaN, 'not finite'],
    [Number.POSITIVE_INFINITY, 'not finite'],
  ])('loss %f', (loss, text) => expect(formatLoss(loss)).toBe(text));

  test('rates are written as recipes write them', () => {
    expect([0, 0.0002, 0.000051].map(formatRate)).toEqual(['0', '2.00e-4', '5.10e-5']);
  });

  test('norms and speeds', () => {
    expect([0.444, 12.34, 1840.2, 0.0012, Number.NaN].map(formatShort)).toEqual([
      '0.44',
      '12.3',
      '1,840',
      '1.2e-3',
      'not finite',
    ]);
  });

  test('large counts, on both sides of a unit', () => {
    expect([640, 9_999, 61_907, 999_499, 999_500, 2_970_000].map(formatLarge)).toEqual([
      '640',
      '9,999',
      '61.9 k',
      '999 k',
      '1.00 M',
      '2.97 M',
    ]);
  });

  test('shares', () => expect([0, 0.875, 1].map(formatShare)).toEqual(['0 %', '87.5 %', '100 %']));

  test('bytes in binary units', () => {
    expect([512, 1536, 850 * 2 ** 20, 9.6 * 2 ** 30].map(formatBytes)).toEqual([
      '512 B',
      '1.5 KiB',
      '850.0 MiB',
      '9.6 GiB',
    ]);
  });
});

describe('times', () => {
  test('a clock with hours only where there are any', () => {
    expect([0, 9_999, 3_354_000, 3_725_000].map(formatElapsed)).toEqual(['0:00', '0:09', '55:54', '1:02:05']);
  });

  test('a forecast claims no precision that it does not have', () => {
    const texts = [1_000, 42_000, 57_400, 58_000, 28 * 60_000, 3_600_000, 65 * 60_000].map(formatForecast);
    expect(texts).toEqual(['5 s', '40 s', '55 s', '1 min', '28 min', '1 h', '1 h 5 min']);
  });

  test('step times', () => expect([38.4, 4520].map(formatStepTime)).toEqual(['38 ms', '4.52 s']));

  test('the day is named where it is near, in the local time zone', () => {
    const now = new Date(2025, 10, 23, 12, 0);
    const at = (...parts: [number, number, number, number, number]) =>
      formatStarted(new Date(...parts).toISOString(), now);
    expect(at(2025, 10, 23, 9, 14)).toBe('today 09:14');
    expect(at(2025, 10, 22, 23, 59)).toBe('yesterday 23:59');
    expect(at(2025, 10, 20, 18, 20)).toBe('20 Nov 18:20');
    expect(at(2024, 1, 3, 8, 0)).toBe('3 Feb 2024 08:00');
  });
});
