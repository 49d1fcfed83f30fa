/** Numbers as the page writes them. Locale fixed to English until the strings are translated. */
import { strings } from '../strings.ts';

/** `6240` → "6,240". */
export function formatCount(count: number): string {
  return grouped(count, 0);
}

/** By hand, since the first `Intl.NumberFormat` of a page keeps it for 30 ms before it can show anything. */
function grouped(value: number, digits: number): string {
  return value.toFixed(digits).replace(/\B(?=(\d{3})+\b)/g, ',');
}

/** Three digits after the point from 0.1 to 1000, else three significant ones: "2.314", "0.00412". */
export function formatLoss(loss: number): string {
  if (!Number.isFinite(loss)) return strings.format.notFinite;
  const size = Math.abs(loss);
  if (size === 0) return '0';
  if (size >= 1000 || size < 0.0001) return loss.toExponential(2);
  if (size >= 0.1) return loss.toFixed(3);
  return loss.toPrecision(3);
}

/** A learning rate the way recipes write it: `0.0002` → "2.00e-4", `0` → "0". */
export function formatRate(rate: number): string {
  return rate === 0 ? '0' : rate.toExponential(2);
}

/** "0.44", "12.3", "1,840": for norms and speeds, where the third digit never matters. */
export function formatShort(value: number): string {
  if (!Number.isFinite(value)) return strings.format.notFinite;
  const size = Math.abs(value);
  if (size >= 100) return formatCount(value);
  if (size >= 10) return grouped(value, 1);
  if (size >= 0.01 || size === 0) return value.toFixed(2);
  return value.toExponential(1);
}

/** `2_970_000` → "2.97 M", `61_907` → "61.9 k", `640` → "640". */
export function formatLarge(count: number): string {
  if (count >= 999_500) return `${(count / 1e6).toPrecision(3)} M`;
  if (count >= 10_000) return `${(count / 1e3).toPrecision(3)} k`;
  return formatCount(count);
}

/** A share from 0 to 1: `0.875` → "87.5 %", `1` → "100 %". */
export function formatShare(share: number): string {
  const percent = share * 100;
  return `${Number.isInteger(percent) ? percent : percent.toFixed(1)} %`;
}

/** Binary units, one digit: `10_307_921_510` → "9.6 GiB". */
export function formatBytes(bytes: number): string {
  const { value, unit } = splitBytes(bytes);
  return `${value} ${unit}`;
}

/** For ticks at powers of two: "512 MiB". */
export function formatWholeBytes(bytes: number): string {
  return formatBytes(bytes).replace('.0 ', ' ');
}

/** The number and its unit apart, for places that set them differently. */
export function splitBytes(bytes: number): { readonly value: string; readonly unit: string } {
  if (bytes >= 2 ** 30) return { value: grouped(bytes / 2 ** 30, 1), unit: 'GiB' };
  if (bytes >= 2 ** 20) return { value: grouped(bytes / 2 ** 20, 1), unit: 'MiB' };
  if (bytes >= 2 ** 10) return { value: grouped(bytes / 2 ** 10, 1), unit: 'KiB' };
  return { value: formatCount(bytes), unit: 'B' };
}
