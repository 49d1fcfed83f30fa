/** Sizes as people write them on a command line. */

const UNITS = {
  b: 0,
  kib: 10,
  kb: 10,
  k: 10,
  mib: 20,
  mb: 20,
  m: 20,
  gib: 30,
  gb: 30,
  g: 30,
  tib: 40,
  tb: 40,
  t: 40,
};

/** `20GiB`, `500 MB` (binary too), bytes without a unit; null is `none`, undefined no size above 0. */
export function parseSize(text: string): number | null | undefined {
  if (text === 'none') return null;
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim());
  const power = UNITS[(match?.[2]?.toLowerCase() || 'b') as keyof typeof UNITS];
  const bytes = Math.round(Number(match?.[1]) * 2 ** (power ?? Number.NaN));
  return Number.isSafeInteger(bytes) && bytes > 0 ? bytes : undefined;
}
