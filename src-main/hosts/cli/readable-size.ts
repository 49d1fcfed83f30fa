/** Bytes as people say them on the command line: `1.5 GiB`. */
export function readableSize(bytes: number): string {
  const power = bytes >= 2 ** 30 ? 30 : bytes >= 2 ** 20 ? 20 : bytes >= 2 ** 10 ? 10 : 0;
  const unit = { 30: 'GiB', 20: 'MiB', 10: 'KiB', 0: 'B' }[power];
  return `${(bytes / 2 ** power).toFixed(power === 0 ? 0 : 1)} ${unit}`;
}
